package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.Stops;
import dev.tailrace.benchmarks.JvmProbe.JvmUse;
import dev.tailrace.benchmarks.JvmProbe.Stop;
import dev.tailrace.benchmarks.ProcessProbe.Use;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SamplesTest {
  private static final long SECOND_NS = 1_000_000_000;
  private static final Stop FIRST = new Stop("First", 7_000_000);
  private static final Stop SHORT = new Stop("Short", 1_000_000);
  private static final Stop LONG = new Stop("Long", 3_000_000);

  private static Samples at(long seconds, long cpuMs, @Nullable JvmUse edge) {
    return new Samples(
        seconds * SECOND_NS,
        List.of(new ProcessProbe("edge", 1), new ProcessProbe("broker", 2)),
        List.of(new Use(0, cpuMs), new Use(0, 2 * cpuMs)),
        Arrays.asList(null, null),
        Arrays.asList(edge, null),
        null);
  }

  private static JvmUse use(long allocatedBytes, @Nullable List<Stop> stops) {
    return new JvmUse("G1", allocatedBytes, stops);
  }

  @Test
  void shouldDivideWhatWasSpentByWhatWasDelivered() {
    Samples before = at(10, 500, use(1_000, List.of(FIRST)));
    Samples after = at(12, 1_500, use(65_000, List.of(FIRST, SHORT, LONG)));

    List<ProcessLoad> loads = after.perDelivery(before, 1_000);

    assertThat(loads)
        .containsExactly(
            new ProcessLoad("edge", 0.5, 1_000, 64.0, new Stops("G1", 2, 0.002, 3.0, "Long")),
            new ProcessLoad("broker", 1, 2_000, null, null));
  }

  @Test
  void shouldTellNoStopsFromAnUnreadableLog() {
    assertThat(at(2, 10, use(9, List.of())).perDelivery(at(1, 0, use(9, List.of())), 1))
        .first()
        .extracting(ProcessLoad::stops)
        .isEqualTo(new Stops("G1", 0, 0, 0, ""));
    assertThat(at(2, 10, use(9, null)).perDelivery(at(1, 0, use(9, null)), 1))
        .first()
        .extracting(ProcessLoad::stops)
        .isNull();
  }
}
