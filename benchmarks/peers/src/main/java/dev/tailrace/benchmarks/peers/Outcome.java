package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server did in one round of a scenario.
 *
 * <p>Threading: immutable.
 *
 * @param round from 1 on
 * @param failure what went wrong; null when nothing did
 * @param tries of the search, in their order
 * @param drain of lanes that were written ahead; of Tailrace's edge alone
 * @param atHalf at half of the highest good rate of its own; of an edge alone at half of the
 *     other's in this round, or of what it drained if there was none
 * @param atPeersHalf at half of the highest good rate that Nchan had in this round; of Tailrace
 *     only
 * @param slow with and without slow readers
 */
record Outcome(
    String scenario,
    String server,
    int round,
    @Nullable String failure,
    @Nullable Connecting connecting,
    List<Load> tries,
    @Nullable Drain drain,
    @Nullable Load atHalf,
    @Nullable Load atPeersHalf,
    @Nullable SlowReaders slow) {

  /** The same load twice. */
  record SlowReaders(Load allRead, Load someSlow) {}

  static Outcome failed(Scenario scenario, Scenario.Server server, int round, String failure) {
    return new Outcome(
        scenario.name(), server.text(), round, failure, null, List.of(), null, null, null, null);
  }

  /** Of connections alone; a failure when not all of them were opened. */
  static Outcome connected(
      Scenario scenario, Scenario.Server server, int round, Connecting connecting) {
    return new Outcome(
        scenario.name(),
        server.text(),
        round,
        connecting.failed() == 0
            ? null
            : "%d connections could not be opened: %s"
                .formatted(connecting.failed(), connecting.firstFailure()),
        connecting,
        List.of(),
        null,
        null,
        null,
        null);
  }

  /** Of a search of the highest rate. */
  static Outcome loaded(
      Scenario scenario,
      Scenario.Server server,
      int round,
      Connecting connecting,
      List<Load> tries,
      @Nullable Load atHalf,
      @Nullable Load atPeersHalf) {
    return new Outcome(
        scenario.name(),
        server.text(),
        round,
        atHalf == null ? "no rate was good" : null,
        connecting,
        tries,
        null,
        atHalf,
        atPeersHalf,
        null);
  }

  /** Of the edge alone. */
  static Outcome drained(
      Scenario scenario, int round, Connecting connecting, Drain drain, Load atHalf) {
    return new Outcome(
        scenario.name(),
        Scenario.Server.TAILRACE.text(),
        round,
        null,
        connecting,
        List.of(),
        drain,
        atHalf,
        null,
        null);
  }

  /** Of slow readers. */
  static Outcome slowed(Scenario scenario, Scenario.Server server, int round, SlowReaders slow) {
    return new Outcome(
        scenario.name(), server.text(), round, null, null, List.of(), null, null, null, slow);
  }

  /** The good try with the highest rate; null when none was good. */
  @Nullable Load best() {
    return tries.stream()
        .filter(Load::isGood)
        .max(Comparator.comparingInt(Load::eventsPerSecond))
        .orElse(null);
  }

  /** What it delivers when it has all it can do. */
  @Nullable Double mostDeliveriesPerSecond() {
    if (drain != null) {
      return drain.deliveriesPerSecond();
    }
    Load best = best();
    return best == null ? null : Double.valueOf(best.deliveriesPerSecond());
  }

  /** What each process spends then. */
  List<ProcessLoad> processesAtMost() {
    if (drain != null) {
      return drain.processes();
    }
    Load best = best();
    return best == null ? List.of() : best.processes();
  }

  /** How busy the thread that reads is then. */
  @Nullable Double loadClientBusyAtMost() {
    if (drain != null) {
      return drain.loadClientBusyShare();
    }
    Load best = best();
    return best == null ? null : Double.valueOf(best.loadClientBusyShare());
  }
}
