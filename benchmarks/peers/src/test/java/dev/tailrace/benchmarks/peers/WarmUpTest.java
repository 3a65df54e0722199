package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private final List<Integer> befores = new ArrayList<>();

  private int find(int... found) {
    return WarmUp.untilHardlyMore(
        before -> {
          befores.add(before);
          return found[befores.size() - 1];
        });
  }

  @Test
  void shouldEndWhenHardlyMoreIsFoundTwice() {
    assertThat(find(1_000, 1_101, 1_211, 1_200)).isEqualTo(1_211);
    assertThat(befores).containsExactly(0, 1_000, 1_101, 1_211);
  }

  @Test
  void shouldGoOnWhenOneMeasurementWasSpoiled() {
    assertThat(find(1_000, 400, 1_500, 1_400, 1_501)).isEqualTo(1_501);
    assertThat(befores).containsExactly(0, 1_000, 1_000, 1_500, 1_500);
  }

  @Test
  void shouldMeasureEightTimesAtMost() {
    assertThat(find(1, 2, 4, 8, 16, 32, 64, 128)).isEqualTo(128);
  }

  @Test
  void shouldEndWhenNothingIsFound() {
    assertThat(find(0, 0)).isZero();
    assertThat(befores).containsExactly(0, 0);
  }
}
