package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.ProcessSecond;
import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.BenchResult.Slow;
import java.util.List;
import java.util.stream.IntStream;

/** Loads as they may have been measured. */
final class Loads {
  private Loads() {}

  /** Of thirty seconds, with two slow readers who got thirty events. */
  static Load of(int eventsPerSecond, double p99Ms, int endedByServer) {
    return new Load(
        eventsPerSecond,
        eventsPerSecond,
        1_000,
        0,
        1,
        0,
        0,
        0,
        0,
        endedByServer,
        0,
        "",
        new Slow(2, 30, 0, 0),
        new Percentiles(1, 1, 1, p99Ms, 2 * p99Ms, 1, 1),
        List.of(),
        0.5,
        List.of(),
        rising(30));
  }

  /** Resident memory is as many MiB as seconds have gone by. */
  static List<Second> rising(int seconds) {
    return IntStream.range(0, seconds)
        .mapToObj(
            i -> new Second(i + 1, 1, 1, List.of(new ProcessSecond("edge", (long) i << 20, 1))))
        .toList();
  }
}
