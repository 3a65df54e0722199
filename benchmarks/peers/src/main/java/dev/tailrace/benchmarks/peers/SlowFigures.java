package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.ProcessSecond;
import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.peers.Figure.Comparison;
import dev.tailrace.benchmarks.peers.Outcome.SlowReaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What slow readers do to the others, and to the server's memory.
 *
 * <p>Threading: stateless.
 */
final class SlowFigures {
  /** How long the first and the last minute are at most; of short runs, a third. */
  private static final int LONGEST_END_S = 60;

  private static final double MIB = 1 << 20;

  /** The most important first. */
  static final List<Figure> ALL = all();

  private SlowFigures() {}

  private static List<Figure> all() {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        compared(
            "p99 of the others by p99 when all read",
            slow -> slow.someSlow().latencyMs().p99() / slow.allRead().latencyMs().p99()));
    figures.add(
        compared(
            "p99.9 of the others by p99.9 when all read",
            slow -> slow.someSlow().latencyMs().p999() / slow.allRead().latencyMs().p999()));
    addBoth(figures, "p99, ms", 2, Comparison.RATIO, load -> load.latencyMs().p99());
    addBoth(figures, "p99.9, ms", 2, Comparison.RATIO, load -> load.latencyMs().p999());
    addBoth(figures, "deliveries/s", 0, Comparison.NONE, Load::deliveriesPerSecond);
    addBoth(figures, "lost, twice or out of order", 0, Comparison.NONE, Figure::faults);
    figures.add(
        someSlow(
            "connections ended by the server",
            0,
            Comparison.NONE,
            load -> (double) load.endedByServer()));
    figures.add(
        someSlow(
            "events to a slow one",
            0,
            Comparison.NONE,
            load -> (double) load.slow().delivered() / Math.max(1, load.slow().connections())));
    addBoth(figures, "RSS at first, MiB", 1, Comparison.NONE, load -> firstMib(load.seconds()));
    addBoth(figures, "RSS at last, MiB", 1, Comparison.NONE, load -> lastMib(load.seconds()));
    addBoth(figures, "RSS growth, MiB", 1, Comparison.DIFFERENCE, SlowFigures::growthMib);
    addBoth(figures, "CPU us per delivery, server or edge", 2, Comparison.RATIO, Figure::cpuMicros);
    addBoth(figures, "allocated bytes per delivery", 1, Comparison.RATIO, Figure::allocated);
    addBoth(figures, "longest stop of the JVM, ms", 2, Comparison.NONE, Figure::longestStopMs);
    return figures;
  }

  private static void addBoth(
      List<Figure> figures,
      String name,
      int digits,
      Comparison comparison,
      Function<Load, @Nullable Double> value) {
    figures.add(
        new Figure(
            "all read: " + name,
            digits,
            comparison,
            outcome -> of(outcome, slow -> value.apply(slow.allRead()))));
    figures.add(someSlow(name, digits, comparison, value));
  }

  private static Figure someSlow(
      String name, int digits, Comparison comparison, Function<Load, @Nullable Double> value) {
    return new Figure(
        "1 % slow: " + name,
        digits,
        comparison,
        outcome -> of(outcome, slow -> value.apply(slow.someSlow())));
  }

  private static Figure compared(String name, Function<SlowReaders, @Nullable Double> value) {
    return new Figure(name, 2, Comparison.NONE, outcome -> of(outcome, value));
  }

  private static @Nullable Double of(
      Outcome outcome, Function<SlowReaders, @Nullable Double> value) {
    SlowReaders slow = outcome.slow();
    return slow == null ? null : value.apply(slow);
  }

  private static int end(List<Second> seconds) {
    return Math.max(1, Math.min(LONGEST_END_S, seconds.size() / 3));
  }

  /** Mean of the first minute. */
  static @Nullable Double firstMib(List<Second> seconds) {
    return meanMib(seconds.subList(0, Math.min(seconds.size(), end(seconds))));
  }

  /** Mean of the last minute. */
  static @Nullable Double lastMib(List<Second> seconds) {
    return meanMib(seconds.subList(Math.max(0, seconds.size() - end(seconds)), seconds.size()));
  }

  private static @Nullable Double growthMib(Load load) {
    Double first = firstMib(load.seconds());
    Double last = lastMib(load.seconds());
    return first == null || last == null ? null : Double.valueOf(last - first);
  }

  /** Of the process that holds the connections; null when nothing is known of it. */
  private static @Nullable Double meanMib(List<Second> seconds) {
    double bytes = 0;
    for (Second second : seconds) {
      List<ProcessSecond> processes = second.processes();
      if (processes.isEmpty()) {
        return null;
      }
      bytes += processes.getFirst().residentBytes();
    }
    return seconds.isEmpty() ? null : Double.valueOf(bytes / seconds.size() / MIB);
  }
}
