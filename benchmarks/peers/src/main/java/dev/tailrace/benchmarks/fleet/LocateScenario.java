package dev.tailrace.benchmarks.fleet;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.StormLoad;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.benchmarks.fleet.Fleet.Edge;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a fleet reads of the user lane, and for nobody: users' personal streams at one edge, spread
 * over four edges in turn, and where {@code /v1/locate} says.
 *
 * <p>Threading: one thread's.
 */
final class LocateScenario {
  private static final int EDGES = 4;
  private static final int RATE = 400;
  private static final int PAYLOAD = 256;
  private static final int AT_ONCE = 100;
  private static final long LOAD_MS = 15_000;
  private static final long LET_GO_MS = 4_000;
  private static final int TRIES = 1_200;
  private static final Map<String, String> SETTINGS =
      Map.of("edge.warm.window", "0s", "edge.linger", "1s");

  private final Fleet fleet;
  private final LoadPlan plan;
  private final Consumer<String> progress;
  private final Figures figures = new Figures();

  private record Read(double bytes, double records, double wanted) {
    Read minus(Read before) {
      return new Read(bytes - before.bytes, records - before.records, wanted - before.wanted);
    }
  }

  LocateScenario(Fleet fleet, int users, Consumer<String> progress) {
    this.fleet = fleet;
    this.plan = new LoadPlan(users, users, true, RATE, PAYLOAD, 1, 0, 0, 0, AT_ONCE);
    this.progress = progress;
  }

  Figures run() {
    List<Edge> edges = IntStream.range(0, EDGES).mapToObj(i -> fleet.startEdge(SETTINGS)).toList();
    until(() -> fleet.metric(edges.getFirst(), "tailrace_edge_directory_edges") == EDGES);
    figures.count("edges", EDGES).count("users", plan.connections());
    double one = measure("one_edge", edges, i -> 0);
    double spread = measure("in_turn", edges, i -> i);
    int[] located = IntStream.range(0, plan.connections()).map(i -> located(edges, i)).toArray();
    double placed = measure("located", edges, i -> located[i]);
    long most =
        IntStream.range(0, EDGES)
            .mapToLong(edge -> Arrays.stream(located).filter(at -> at == edge).count())
            .max()
            .orElseThrow();
    return figures
        .put("in_turn_to_one_edge", spread / one)
        .put("located_to_one_edge", placed / one)
        .put("located_most_users_to_mean", (double) most * EDGES / plan.connections());
  }

  /** Whoever is asked answers the same: each user asks another one. */
  private int located(List<Edge> edges, int user) {
    String to = fleet.locate(edges.get(user % EDGES), TailraceTarget.addressName(user));
    for (int i = 0; i < EDGES; i++) {
      if (to.endsWith(":" + edges.get(i).address().getPort())) {
        return i;
      }
    }
    throw new BenchException("located nowhere: " + to);
  }

  /** Bytes of the lanes that all edges read for an event. */
  private double measure(String name, List<Edge> edges, IntUnaryOperator placement) {
    Figures.pause(LET_GO_MS); // the partitions of those who were there before
    try (LoadPublisher publisher = fleet.publisher(plan);
        StormLoad load =
            new StormLoad(
                edges.stream().map(Edge::address).toList(),
                placement,
                plan,
                Duration.ofSeconds(1),
                publisher)) {
      load.clients().openAll(AT_ONCE);
      until(() -> load.clients().counts().ready() == plan.connections());
      progress.accept("%,d users, %s".formatted(plan.connections(), name));
      Read before = read(edges);
      double partitions = sum(edges, "tailrace_edge_tail_partitions");
      load.publish();
      Figures.pause(LOAD_MS);
      load.stopPublishing();
      until(() -> load.clients().counts().outstanding() == 0);
      Figures.pause(1_000); // edges without the last event's user read it, too
      Read during = read(edges).minus(before);
      long events = load.events();
      figures
          .count(name + "_events", events)
          .put(name + "_partitions_followed", partitions)
          .put(name + "_records_per_event", during.records() / events)
          .put(name + "_bytes_per_event", during.bytes() / events)
          .put(name + "_wasted_records_ratio", 1 - during.wanted() / during.records())
          .count(name + "_lost", load.clients().counts().lost());
      return during.bytes() / events;
    }
  }

  private Read read(List<Edge> edges) {
    return new Read(
        sum(edges, "tailrace_edge_tail_bytes_total"),
        sum(edges, "tailrace_edge_tail_records_total"),
        sum(edges, "tailrace_edge_tail_wanted_records_total"));
  }

  private double sum(List<Edge> edges, String metric) {
    ToDoubleFunction<Edge> of = edge -> fleet.metric(edge, metric);
    return edges.stream().mapToDouble(of).sum();
  }

  private static void until(BooleanSupplier done) {
    for (int i = 0; i < TRIES; i++) {
      if (done.getAsBoolean()) {
        return;
      }
      Figures.pause(100);
    }
    throw new BenchException("not within %d s".formatted(TRIES / 10));
  }
}
