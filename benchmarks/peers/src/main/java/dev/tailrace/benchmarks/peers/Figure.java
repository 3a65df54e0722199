package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Memory;
import dev.tailrace.benchmarks.BenchResult.ProcessLoad;
import dev.tailrace.benchmarks.peers.Scenario.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      case BROADCAST, PERSONAL, ALONE -> loads();
      case SLOW -> SlowFigures.ALL;
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
                  outcome -> connecting(outcome, c -> c.toOpenMs().p99())),
              new Figure(
                  "refused, or not opened",
                  0,
                  Comparison.NONE,
                  outcome -> connecting(outcome, c -> (double) c.failed())));
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
                  "kernel per connection, both ends, KiB",
                  2,
                  Comparison.DIFFERENCE,
                  outcome -> kib(connecting(outcome, Connecting::kernelTcpBytesPerConnection))));
    };
  }

  private static List<Figure> loads() {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure("max deliveries/s", 0, Comparison.RATIO, Outcome::mostDeliveriesPerSecond));
    figures.add(atHalf("deliveries/s", 0, Comparison.RATIO, Load::deliveriesPerSecond));
    figures.add(atHalf("p50, ms", 2, Comparison.RATIO, load -> load.latencyMs().p50()));
    figures.add(atHalf("p99, ms", 2, Comparison.RATIO, load -> load.latencyMs().p99()));
    figures.add(atHalf("p99.9, ms", 2, Comparison.RATIO, load -> load.latencyMs().p999()));
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
    for (Part part : Part.values()) {
      figures.add(
          new Figure(
              "at maximum: CPU us per delivery, " + part.text,
              2,
              part.comparison,
              outcome -> of(part, outcome.processesAtMost(), ProcessLoad::cpuMicrosPerDelivery)));
    }
    for (Part part : Part.values()) {
      figures.add(
          atHalf(
              "CPU us per delivery, " + part.text,
              2,
              part.comparison,
              load -> of(part, load.processes(), ProcessLoad::cpuMicrosPerDelivery)));
    }
    figures.add(atHalf("allocated bytes per delivery", 1, Comparison.RATIO, Figure::allocated));
    figures.add(atHalf("longest stop of the JVM, ms", 2, Comparison.NONE, Figure::longestStopMs));
    figures.add(
        new Figure(
            "at maximum: load client busy, %",
            0, Comparison.NONE, outcome -> percent(outcome.loadClientBusyAtMost())));
    figures.add(
        atHalf(
            "load client busy, %",
            0, Comparison.NONE, load -> percent(load.loadClientBusyShare())));
    figures.add(atHalf("lost, twice or out of order", 0, Comparison.NONE, Figure::faults));
    return figures;
  }

  /** A process of a run. */
  private enum Part {
    SERVER("server or edge", Comparison.RATIO),
    DISPATCHER("dispatcher", Comparison.NONE),
    BROKER("broker", Comparison.NONE),
    LOAD("load client and publisher", Comparison.NONE);

    private final String text;
    private final Comparison comparison;

    Part(String text, Comparison comparison) {
      this.text = text;
      this.comparison = comparison;
    }

    /** The server is the first one, whatever it is called. */
    boolean is(ProcessLoad process, int place) {
      return this == SERVER
          ? place == 0
          : process.process().equals(name().toLowerCase(Locale.ROOT));
    }
  }

  private static @Nullable Double of(
      Part part, List<ProcessLoad> processes, Function<ProcessLoad, @Nullable Double> value) {
    for (int place = 0; place < processes.size(); place++) {
      if (part.is(processes.get(place), place)) {
        return value.apply(processes.get(place));
      }
    }
    return null;
  }

  private static Figure atHalf(
      String name, int digits, Comparison comparison, Function<Load, @Nullable Double> value) {
    return new Figure(
        "at half: " + name, digits, comparison, outcome -> load(outcome.atHalf(), value));
  }

  private static @Nullable Double load(
      @Nullable Load load, Function<Load, @Nullable Double> value) {
    return load == null ? null : value.apply(load);
  }

  /** By the server. */
  static @Nullable Double allocated(Load load) {
    return of(Part.SERVER, load.processes(), ProcessLoad::allocatedBytesPerDelivery);
  }

  /** Of the server. */
  static @Nullable Double cpuMicros(Load load) {
    return of(Part.SERVER, load.processes(), ProcessLoad::cpuMicrosPerDelivery);
  }

  /** Of the server. */
  static @Nullable Double longestStopMs(Load load) {
    return of(
        Part.SERVER,
        load.processes(),
        process -> process.stops() == null ? null : Double.valueOf(process.stops().longestMs()));
  }

  static Double faults(Load load) {
    return (double) (load.lost() + load.duplicates() + load.misordered());
  }

  private static @Nullable Double percent(@Nullable Double share) {
    return share == null ? null : 100 * share;
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
