package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateSearchTest {
  @Test
  void shouldDoubleAndThenHalveWhatLiesBetween() {
    List<Integer> tried = new ArrayList<>();

    int best =
        RateSearch.highest(
            100,
            rate -> {
              tried.add(rate);
              return rate <= 1_000;
            });

    assertThat(tried).startsWith(100, 200, 400, 800, 1600, 1200, 1000).hasSizeLessThan(10);
    assertThat(best).isBetween(1_000 * 10 / 11, 1_000);
  }

  @Test
  void shouldGoDownFromARateThatIsTooHigh() {
    assertThat(RateSearch.highest(1_000, rate -> rate <= 30)).isBetween(27, 30);
  }

  @Test
  void shouldFindNothingWhenNothingIsGood() {
    assertThat(RateSearch.highest(1_000, rate -> false)).isZero();
  }

  @Test
  void shouldEndWhenEverythingIsGood() {
    assertThat(RateSearch.highest(1, rate -> true)).isPositive();
  }

  private static int near(int earlier, int limit, List<Integer> tried) {
    return RateSearch.near(
        earlier,
        rate -> {
          tried.add(rate);
          return rate <= limit;
        });
  }

  @Test
  void shouldGoUpFromBelowAnEarlierResult() {
    List<Integer> tried = new ArrayList<>();

    assertThat(near(1_000, 1_000, tried)).isEqualTo(920);
    assertThat(tried).containsExactly(800, 920, 1058);
  }

  @Test
  void shouldGoDownWhenLessThanEarlierIsPossible() {
    List<Integer> tried = new ArrayList<>();

    assertThat(near(1_000, 650, tried)).isEqualTo(605);
    assertThat(tried).containsExactly(800, 696, 605);
  }

  @Test
  void shouldMoveByOneWhereAStepIsLess() {
    assertThat(near(2, 3, new ArrayList<>())).isEqualTo(3);
    assertThat(near(3, 1, new ArrayList<>())).isEqualTo(1);
  }

  @Test
  void shouldFindNothingNearWhenNothingIsGood() {
    assertThat(near(3, 0, new ArrayList<>())).isZero();
  }
}
