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
}
