package dev.tailrace.support.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against counts that are exact. */
class SpaceSavingTest {
  private static final int PLACES = 7;

  private final SpaceSaving few = new SpaceSaving(PLACES);
  private final Map<String, Long> truth = new HashMap<>();
  private long all;

  @Test
  void shouldBeExactWhileThereIsRoom() {
    assertThat(few.isEmpty()).isTrue();
    for (int i = 0; i < PLACES - 1; i++) {
      add("k" + i, i + 1);
      add("k" + i, 10);
    }

    assertThat(few.isEmpty()).isFalse();
    assertThat(few.hits().others()).isZero();
    assertThat(few.hits().counts()).hasSize(PLACES - 1);
    few.hits()
        .counts()
        .forEach(
            (key, count) -> {
              assertThat(count.atMost()).isEqualTo(truth.get(key));
              assertThat(count.atLeast()).isEqualTo(truth.get(key));
            });
  }

  /** After each of many steps: what Metwally, Agrawal and El Abbadi prove of it. */
  @ParameterizedTest
  @ValueSource(ints = {8, 20, 200})
  void shouldKeepItsBoundsWhateverIsCounted(int keys) {
    Random random = new Random(keys);
    for (int step = 0; step < 3_000; step++) {
      // Some come up much more often than others.
      add("k" + (int) (keys * Math.pow(random.nextDouble(), 3)), 1 + random.nextInt(5));
      assertBounds();
    }
  }

  private void add(String key, long count) {
    few.add(key, count);
    truth.merge(key, count, Long::sum);
    all += count;
  }

  private void assertBounds() {
    Hits hits = few.hits();
    truth.forEach(
        (key, count) -> {
          Hits.Count known = hits.counts().get(key);
          if (known == null) {
            assertThat(count).as(key).isLessThanOrEqualTo(hits.others());
          } else {
            assertThat(count).as(key).isBetween(known.atLeast(), known.atMost());
          }
        });
    if (hits.counts().size() == PLACES) {
      assertThat(hits.others())
          .as("the least, and no more than a fair share")
          .isEqualTo(hits.counts().values().stream().mapToLong(Hits.Count::atMost).min().orElse(0))
          .isLessThanOrEqualTo(all / PLACES);
    }
    assertThat(hits.counts().values().stream().mapToLong(Hits.Count::atMost).sum())
        .as("nothing is lost, and nothing counted twice")
        .isEqualTo(all);
  }
}
