package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Load;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server did in one round of a scenario.
 *
 * <p>Threading: immutable.
 *
 * @param round from 1 on
 * @param failure why there is nothing more; null when it went well
 * @param tries of the search, in their order
 * @param atHalf at half of the highest good rate of its own
 * @param atPeersHalf at half of the highest good rate that Nchan had in this round; of Tailrace
 *     only
 */
record Outcome(
    String scenario,
    String server,
    int round,
    @Nullable String failure,
    @Nullable Connecting connecting,
    List<Load> tries,
    @Nullable Load atHalf,
    @Nullable Load atPeersHalf) {

  static Outcome failed(Scenario scenario, Scenario.Server server, int round, String failure) {
    return new Outcome(scenario.name(), server.text(), round, failure, null, List.of(), null, null);
  }

  /** Of connections alone. */
  static Outcome connected(
      Scenario scenario, Scenario.Server server, int round, Connecting connecting) {
    return new Outcome(
        scenario.name(), server.text(), round, null, connecting, List.of(), null, null);
  }

  /** The good try with the highest rate; null when none was good. */
  @Nullable Load best() {
    return tries.stream()
        .filter(Load::isGood)
        .max(Comparator.comparingInt(Load::eventsPerSecond))
        .orElse(null);
  }
}
