package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void shouldFindSelectorsAndTheLabelsOfTheirMatchers() {
    PromQl query =
        PromQl.parse(
            "sum by (le, job) (rate(a_bucket{job=~\"x|y\", le!='0.5'}[5m])) / on (job) b:c offset"
                + " 5m > bool 14.4 * d{} and e{q=\"f{g}\"}");

    assertThat(query.selectors())
        .containsExactly(
            new Selector("a_bucket", List.of("job", "le"), "a_bucket{job=~\"x|y\",le!='0.5'}"),
            new Selector("b:c", List.of(), "b:c"),
            new Selector("d", List.of(), "d{}"),
            new Selector("e", List.of("q"), "e{q=\"f{g}\"}"));
    assertThat(query.groupedBy()).containsExactlyInAnyOrder("le", "job");
  }

  @Test
  void shouldTakeNoFunctionAggregationOrWordForAMetric() {
    PromQl query =
        PromQl.parse(
            "histogram_quantile(0.99, sum without (instance) (rate(a[1h:5m] @ start())))\n"
                + "or topk(3, b) unless max_over_time(c[30d]) # d\n"
                + "+ on (x) group_left (y) vector(1e9) == Inf");

    assertThat(query.selectors()).extracting(Selector::metric).containsExactly("a", "b", "c");
    assertThat(query.groupedBy()).containsExactlyInAnyOrder("instance", "x", "y");
  }

  @Test
  void shouldRefuseWhatItCannotRead() {
    assertThatThrownBy(() -> PromQl.parse("sum(a) ; b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not PromQL from here on: ; b");
    assertThatThrownBy(() -> PromQl.parse("{job=\"x\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without a metric's name");
  }
}
