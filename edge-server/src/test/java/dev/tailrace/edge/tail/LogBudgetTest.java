package dev.tailrace.edge.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogBudgetTest {
  private final LogBudget budget = new LogBudget(100);

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "'', unbounded",
    "100, unbounded",
    "60 40, unbounded",
    "101, 100",
    "90 90, 50",
    "10 200, 90",
    "200 10 0 20, 70",
    "40 40 40, 33",
    "1 500 500, 49",
  })
  void shouldLetTheLargestGiveWay(String sizes, String largest) {
    long[] each =
        Arrays.stream(sizes.split(" "))
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();

    long found = budget.largest(each);

    assertThat(found == Long.MAX_VALUE ? "unbounded" : Long.toString(found)).isEqualTo(largest);
    long kept = Arrays.stream(each).map(size -> Math.min(size, found)).sum();
    assertThat(kept).isLessThanOrEqualTo(100);
  }
}
