package dev.tailrace.support.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.fleet.Hits.Count;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HitsTest {
  @Test
  void shouldGiveAPartThatDoesNotKnowAnAddressWhatItsOthersHave() {
    Hits one = new Hits(Map.of("both", new Count(5, 4), "one", new Count(9, 9)), 2);
    Hits other = new Hits(Map.of("both", new Count(7, 6), "other", new Count(8, 8)), 3);

    assertThat(Hits.together(List.of(one, other)))
        .isEqualTo(
            new Hits(
                Map.of(
                    "both", new Count(12, 10), "one", new Count(12, 9), "other", new Count(10, 8)),
                5));
    assertThat(Hits.together(List.of())).isEqualTo(Hits.NONE);
  }

  @Test
  void shouldTellOfTheOthersWhatTheFirstLeftOutHas() {
    Map<String, Count> counts =
        Map.of("a", new Count(9, 9), "b", new Count(7, 1), "c", new Count(7, 7));

    assertThat(new Hits(counts, 3).most(2))
        .as("by name where two have as much")
        .isEqualTo(new Hits(Map.of("a", new Count(9, 9), "b", new Count(7, 1)), 7));
    assertThat(new Hits(counts, 8).most(1))
        .as("others had more before")
        .isEqualTo(new Hits(Map.of("a", new Count(9, 9)), 8));
    assertThat(new Hits(counts, 8).most(3)).isEqualTo(new Hits(counts, 8));
  }
}
