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
  void shouldEndWhenHardlyMoreIsFound() {
    assertThat(find(1_000, 1_301, 1_690)).isEqualTo(1_690);
    assertThat(befores).containsExactly(0, 1_000, 1_301);
  }

  @Test
  void shouldEndWhenLessIsFound() {
    assertThat(find(1_000, 900)).isEqualTo(900);
  }

  @Test
  void shouldMeasureFourTimesAtMost() {
    assertThat(find(1_000, 2_000, 4_000, 8_000)).isEqualTo(8_000);
  }

  @Test
  void shouldEndWhenNothingIsFound() {
    assertThat(find(0)).isZero();
  }
}
