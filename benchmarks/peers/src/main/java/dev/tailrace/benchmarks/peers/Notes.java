package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.BenchResult.Stops;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What an outcome says that no number of a table does.
 *
 * <p>Threading: stateless.
 */
final class Notes {
  /** A core that is this busy has nothing to spare: a try is a second long, and no load is even. */
  private static final double FULL = 0.9;

  /** What is slower than p99.9. */
  private static final double P999_SHARE = 0.001;

  private Notes() {}

  /** One line each. */
  static List<String> of(Outcome outcome) {
    List<String> notes = new ArrayList<>();
    if (outcome.failure() != null) {
      notes.add("failed: " + outcome.failure());
    }
    if (!outcome.processesAtMost().isEmpty()) {
      notes.add("at maximum: " + saturated(outcome.processesAtMost()));
    }
    if (outcome.atHalf() != null) {
      add(notes, "at half", outcome.atHalf());
    }
    if (outcome.slow() != null) {
      add(notes, "all read", outcome.slow().allRead());
      add(notes, "1 % slow", outcome.slow().someSlow());
    }
    Connecting connecting = outcome.connecting();
    if (connecting != null
        && !connecting.memory().isEmpty()
        && connecting.kernelTcpBytesPerConnection() == null) {
      notes.add("the kernel does not say here what it holds for sockets");
    }
    return notes;
  }

  /**
   * Which process had no time to spare. The first one has a core of its own; the others share one,
   * and the greatest of them stands for it.
   */
  static String saturated(List<ProcessLoad> processes) {
    ProcessLoad first = processes.getFirst();
    List<ProcessLoad> others = processes.subList(1, processes.size());
    double shared = others.stream().mapToDouble(ProcessLoad::cpuShare).sum();
    String most =
        others.stream()
            .max(Comparator.comparingDouble(ProcessLoad::cpuShare))
            .map(ProcessLoad::process)
            .orElse("nobody");
    List<String> full = new ArrayList<>();
    if (first.cpuShare() >= FULL) {
      full.add(first.process());
    }
    if (shared >= FULL) {
      full.add("the other core, most of it " + most);
    }
    List<String> shares = processes.stream().map(Notes::share).toList();
    return "%s (%s)"
        .formatted(
            full.isEmpty() ? "no core is full" : "full is " + String.join(", and ", full),
            String.join(", ", shares));
  }

  private static String share(ProcessLoad process) {
    return String.format(Locale.ROOT, "%s %.0f %%", process.process(), 100 * process.cpuShare());
  }

  private static void add(List<String> notes, String when, Load load) {
    if (load.processes().isEmpty()) {
      return;
    }
    notes.add("%s: %s".formatted(when, saturated(load.processes())));
    Stops stops = load.processes().getFirst().stops();
    if (stops != null) {
      notes.add("%s: %s".formatted(when, stops(stops, load.latencyMs().p999())));
    }
  }

  /**
   * Whether stops made the p99.9 what it is. What is due during a stop waits, and then what has
   * gathered is caught up with, which at half of the maximum takes as long again: so many events
   * can be late by them. Late they are by the length of a stop.
   */
  static String stops(Stops stops, double p999Ms) {
    boolean manyEnough = 2 * stops.share() >= P999_SHARE;
    boolean longEnough = 2 * stops.longestMs() >= p999Ms;
    return String.format(
        Locale.ROOT,
        "%s; p99.9 of %.1f ms is %s",
        stops.text(),
        p999Ms,
        manyEnough && longEnough
            ? "theirs, or may be"
            : "not theirs: they are too " + (longEnough ? "few" : "short"));
  }
}
