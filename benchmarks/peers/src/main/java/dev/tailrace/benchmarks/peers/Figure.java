package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.peers.Scenario.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One number of an outcome, and how Tailrace's is held against another's.
 *
 * <p>Threading: immutable.
 *
 * @param digits after the point
 */
record Figure(
    String name, int digits, Comparison comparison, Function<Outcome, @Nullable Double> value) {
  private static final double KIB = 1024;

  /** What is made of ours and theirs. */
  enum Comparison {
    /** Ours by theirs. */
    RATIO,
    /** Ours less theirs. */
    DIFFERENCE,
    /** It says nothing. */
    NONE
  }

  /** Those that a kind of scenario is about, the most important first. */
  static List<Figure> of(Kind kind) {
    return switch (kind) {
      case BROADCAST, PERSONAL -> loads();
      case STORM ->
          List.of(
              new Figure(
                  "connects/s",
                  0,
                  Comparison.RATIO,
                  outcome -> connecting(outcome, Connecting::perSecond)),
              new Figure(
                  "p99 to open, ms",
                  1,
                  Comparison.RATIO,
                  outcome -> connecting(outcome, c -> c.toOpenMs().p99())));
      case IDLE ->
          List.of(
              new Figure(
                  "heap per connection, KiB",
                  2,
                  Comparison.DIFFERENCE,
                  outcome -> memory(outcome, Memory::heapBytesPerConnection)),
              new Figure(
                  "RSS per connection, KiB",
                  2,
                  Comparison.DIFFERENCE,
                  outcome -> memory(outcome, Memory::residentBytesPerConnection)),
              new Figure(
                  "kernel TCP per connection, both ends, KiB",
                  2,
                  Comparison.DIFFERENCE,
                  outcome -> kib(connecting(outcome, Connecting::kernelTcpBytesPerConnection))));
    };
  }

  private static List<Figure> loads() {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure(
            "max deliveries/s",
            0,
            Comparison.RATIO,
            outcome -> load(outcome.best(), Load::deliveriesPerSecond)));
    figures.add(atHalf("at half: p50, ms", Comparison.RATIO, load -> load.latencyMs().p50()));
    figures.add(atHalf("at half: p99, ms", Comparison.RATIO, load -> load.latencyMs().p99()));
    figures.add(atHalf("at half: p99.9, ms", Comparison.RATIO, load -> load.latencyMs().p999()));
    figures.add(
        new Figure(
            "at half of Nchan's maximum: p99, ms",
            2,
            Comparison.RATIO,
            outcome ->
                load(
                    outcome.server().equals(Scenario.Server.NCHAN.text())
                        ? outcome.atHalf()
                        : outcome.atPeersHalf(),
                    load -> load.latencyMs().p99())));
    figures.add(
        new Figure(
            "at maximum: CPU us per delivery, server or edge",
            2,
            Comparison.RATIO,
            outcome -> load(outcome.best(), load -> cpuMicros(load, 0))));
    figures.add(
        atHalf(
            "at half: CPU us per delivery, server or edge",
            Comparison.RATIO,
            load -> cpuMicros(load, 0)));
    figures.add(
        atHalf(
            "at half: CPU us per delivery, dispatcher",
            Comparison.NONE,
            load -> cpuMicros(load, 1)));
    figures.add(
        atHalf(
            "at half: CPU us per delivery, broker", Comparison.NONE, load -> cpuMicros(load, 2)));
    figures.add(
        new Figure(
            "at maximum: load client busy, %",
            0,
            Comparison.NONE,
            outcome -> load(outcome.best(), load -> 100 * load.loadClientBusyShare())));
    figures.add(
        atHalf(
            "at half: load client busy, %",
            Comparison.NONE, load -> 100 * load.loadClientBusyShare()));
    figures.add(
        atHalf(
            "at half: lost, twice or out of order",
            Comparison.NONE,
            load -> (double) (load.lost() + load.duplicates() + load.misordered())));
    return figures;
  }

  private static Figure atHalf(
      String name, Comparison comparison, Function<Load, @Nullable Double> value) {
    return new Figure(name, 2, comparison, outcome -> load(outcome.atHalf(), value));
  }

  private static @Nullable Double load(
      @Nullable Load load, Function<Load, @Nullable Double> value) {
    return load == null ? null : value.apply(load);
  }

  private static @Nullable Double cpuMicros(Load load, int process) {
    List<ProcessLoad> processes = load.processes();
    return process < processes.size() ? processes.get(process).cpuMicrosPerDelivery() : null;
  }

  private static @Nullable Double connecting(
      Outcome outcome, Function<Connecting, @Nullable Double> value) {
    Connecting connecting = outcome.connecting();
    return connecting == null ? null : value.apply(connecting);
  }

  /** Of the process that holds the connections. */
  private static @Nullable Double memory(
      Outcome outcome, Function<Memory, @Nullable Double> bytes) {
    Connecting connecting = outcome.connecting();
    return connecting == null || connecting.memory().isEmpty()
        ? null
        : kib(bytes.apply(connecting.memory().getFirst()));
  }

  private static @Nullable Double kib(@Nullable Double bytes) {
    return bytes == null ? null : bytes / KIB;
  }
}
