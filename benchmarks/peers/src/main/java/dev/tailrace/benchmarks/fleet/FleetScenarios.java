package dev.tailrace.benchmarks.fleet;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.ResumingClients;
import dev.tailrace.benchmarks.ResumingClients.Resume;
import dev.tailrace.benchmarks.StormLoad;
import dev.tailrace.benchmarks.fleet.Fleet.Dispatcher;
import dev.tailrace.benchmarks.fleet.Fleet.Edge;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/**
 * What is done to a fleet, and what is looked at. Event streams that come back by their cursors,
 * 256 bytes an event, through Kafka, the dispatcher and the edge.
 *
 * <p>Threading: one thread's.
 */
final class FleetScenarios {
  private static final int RATE = 200;
  private static final int CHANNELS = 1_000;
  private static final int PAYLOAD = 256;
  private static final int AT_ONCE = 200;
  private static final int FEW_AT_ONCE = 10;
  private static final int TURNS = 5;
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);
  private static final long LOAD_MS = 15_000;
  private static final long EACH_HAS_AN_EVENT_MS = 1_000L * CHANNELS / RATE + 1_000;
  private static final long LONGEST_MS = 120_000;
  private static final int DRAIN_S = 60;
  private static final int STAYING = 500;
  private static final long SHORT_WHILE_MS = 5_000;
  private static final String SCANNED = "tailrace_edge_catchup_scanned_bytes_total";
  private static final String GIVEN = "tailrace_edge_catchup_given_bytes_total";

  private final Fleet fleet;
  private final Consumer<String> progress;

  FleetScenarios(Fleet fleet, Consumer<String> progress) {
    this.fleet = fleet;
    this.progress = progress;
  }

  /** Half of the clients lose their edge at once, and go on at the other. */
  Figures kill(int connections) {
    Edge dies = fleet.startEdge(Map.of());
    Edge stays = fleet.startEdge(Map.of());
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        StormLoad load =
            load(List.of(dies.address(), stays.address()), true, connections, publisher)) {
      open(load, connections);
      load.publish();
      Figures.pause(LOAD_MS);
      load.clients().takeResumes();
      double scannedBefore = fleet.metric(stays, SCANNED);
      long killedNs = System.nanoTime();
      dies.process().kill();
      progress.accept("one edge is killed");
      Figures.pause(1_000); // by then all know
      await(load, counts -> counts.ready() == connections);
      Figures.pause(EACH_HAS_AN_EVENT_MS);
      List<Resume> resumes = load.clients().takeResumes();
      require(resumes.size(), connections / 2);
      settle(load);
      return new Figures()
          .count("connections", connections)
          .count("resumed", resumes.size())
          .putLast("all_live_again_s", killedNs, resumes)
          .put("resume", resumes)
          .put("kafka_bytes_scanned", fleet.metric(stays, SCANNED) - scannedBefore)
          .put("kafka_bytes_given", fleet.metric(stays, GIVEN))
          .put(load.clients().counts());
    }
  }

  /**
   * All clients come back at once after a while away.
   *
   * @param fromKafka whether the edge has ended meanwhile, and another begins with an empty memory
   */
  Figures away(int connections, int seconds, boolean fromKafka) {
    Edge edge = fleet.startEdge(Map.of());
    Edge other = fromKafka ? fleet.startEdge(Map.of("edge.warm.window", "0s")) : edge;
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        StormLoad load =
            load(List.of(edge.address(), other.address()), false, connections, publisher)) {
      open(load, connections);
      load.publish();
      Figures.pause(LOAD_MS);
      long before = load.events();
      load.clients().cutAll();
      if (fromKafka) { // they begin at the first, which is gone, and go on at the other
        edge.process().kill();
      }
      progress.accept("all are away for %d s".formatted(seconds));
      Figures.pause(seconds * 1_000L);
      long missed = load.events() - before;
      load.clients().takeResumes();
      double scannedBefore = fleet.metric(other, SCANNED);
      long backNs = System.nanoTime();
      load.clients().openAll(Integer.MAX_VALUE);
      await(load, counts -> counts.ready() == connections);
      Figures.pause(EACH_HAS_AN_EVENT_MS);
      List<Resume> resumes = load.clients().takeResumes();
      require(resumes.size(), connections);
      settle(load);
      double scanned = fleet.metric(other, SCANNED) - scannedBefore;
      double laneBytes = fleet.metric(other, "tailrace_edge_tail_bytes_total");
      double records = fleet.metric(other, "tailrace_edge_tail_records_total");
      return new Figures()
          .count("connections", connections)
          .count("seconds_away", seconds)
          .count("events_missed", missed)
          .putLast("all_caught_up_s", backNs, resumes)
          .put("resume", resumes)
          .put("kafka_bytes_scanned", scanned)
          .put("gap_bytes", missed * laneBytes / records)
          .put("scanned_to_gap", scanned / (missed * laneBytes / records))
          .put(load.clients().counts());
    }
  }

  /**
   * All clients come back in the same moment, and others have stayed.
   *
   * @param settings of the edge
   */
  Figures storm(int connections, Map<String, String> settings) {
    Edge edge = fleet.startEdge(settings);
    List<InetSocketAddress> edges = List.of(edge.address());
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        LoadPublisher another = fleet.publisher(plan(STAYING));
        StormLoad staying = load(edges, false, STAYING, another);
        StormLoad load = load(edges, false, connections, publisher)) {
      open(staying, STAYING);
      staying.publish();
      open(load, connections);
      load.publish();
      Figures.pause(LOAD_MS);
      load.clients().cutAll();
      Figures.pause(SHORT_WHILE_MS);
      load.clients().takeResumes();
      staying.clients().takeLatencies();
      Figures.pause(SHORT_WHILE_MS);
      Histogram before = staying.clients().takeLatencies();
      long backNs = System.nanoTime();
      load.clients().openAll(Integer.MAX_VALUE);
      await(load, counts -> counts.ready() == connections);
      Histogram meanwhile = staying.clients().takeLatencies();
      Figures.pause(EACH_HAS_AN_EVENT_MS);
      List<Resume> resumes = load.clients().takeResumes();
      require(resumes.size(), connections);
      settle(staying);
      settle(load);
      return new Figures()
          .count("connections", connections)
          .putLast("all_caught_up_s", backNs, resumes)
          .put("resume", resumes)
          .put("staying_before", before)
          .put("staying_meanwhile", meanwhile)
          .put(load.clients().counts());
    }
  }

  /** An edge is asked to end. */
  Figures drain(int connections) {
    Edge drains =
        fleet.startEdge(Map.of("edge.drain.window", DRAIN_S + "s", "edge.drain.delay", "1s"));
    Edge stays = fleet.startEdge(Map.of());
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        StormLoad load =
            load(List.of(drains.address(), stays.address()), false, connections, publisher)) {
      open(load, connections);
      load.publish();
      Figures.pause(LOAD_MS);
      load.clients().takeResumes();
      long askedNs = System.nanoTime();
      drains.process().terminate();
      progress.accept("one edge drains for %d s".formatted(DRAIN_S));
      Figures.pause((DRAIN_S + 6) * 1_000L);
      await(load, counts -> counts.ready() == connections);
      Figures.pause(EACH_HAS_AN_EVENT_MS);
      List<Resume> resumes = load.clients().takeResumes();
      require(resumes.size(), connections);
      settle(load);
      return new Figures()
          .count("connections_drained", connections)
          .count("resumed", resumes.size())
          .putPerSecond(resumes, askedNs, DRAIN_S)
          .put("resume", resumes)
          .put(load.clients().counts());
    }
  }

  /** Connections made anew, and by a cursor that lies in memory, in turns under the same load. */
  Figures resume(int connections) {
    Edge edge = fleet.startEdge(Map.of());
    List<InetSocketAddress> edges = List.of(edge.address());
    List<Resume> fresh = new ArrayList<>();
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        StormLoad load = load(edges, true, connections, publisher)) {
      open(load, connections);
      load.publish();
      Figures.pause(LOAD_MS);
      load.clients().takeResumes();
      for (int turn = 0; turn < TURNS; turn++) {
        load.clients().cutAll();
        try (StormLoad one = load(edges, true, connections, publisher)) {
          one.clients().openAll(FEW_AT_ONCE);
          await(one, counts -> counts.ready() == connections);
          fresh.addAll(one.clients().takeResumes());
        }
        load.clients().openAll(FEW_AT_ONCE);
        await(load, counts -> counts.ready() == connections);
        Figures.pause(1_000);
      }
      List<Resume> resumes = load.clients().takeResumes();
      settle(load);
      return new Figures()
          .count("connections", connections)
          .put("fresh", fresh)
          .put("resume", resumes)
          .put(load.clients().counts());
    }
  }

  private static LoadPlan plan(int connections) {
    return new LoadPlan(
        connections, Math.min(CHANNELS, connections), false, RATE, PAYLOAD, 1, 0, 0, 0, AT_ONCE);
  }

  /**
   * One of two dispatchers ends, and the other takes its partitions over.
   *
   * @param killed whether it is killed; else it is asked to end
   */
  Figures takeover(int connections, boolean killed) {
    Edge edge = fleet.startEdge(Map.of());
    try (LoadPublisher publisher = fleet.publisher(plan(connections));
        StormLoad load = load(List.of(edge.address()), false, connections, publisher)) {
      open(load, connections);
      load.publish();
      Figures figures = new Figures().count("connections", connections);
      Dispatcher other = fleet.startDispatcher();
      Figures.pause(LOAD_MS);
      load.clients().takeLatencies();
      Figures.pause(SHORT_WHILE_MS);
      figures.put("before", load.clients().takeLatencies());
      if (fleet.metric(other.operatorPort(), "tailrace_dispatcher_deliveries_total") == 0) {
        throw new BenchException("the dispatcher that is to end has delivered nothing");
      }
      if (killed) {
        other.process().kill();
      } else {
        other.process().terminate();
      }
      progress.accept("one dispatcher ends");
      Figures.pause(LOAD_MS);
      settle(load);
      figures.put("meanwhile", load.clients().takeLatencies());
      return figures.put(load.clients().counts());
    }
  }

  private static StormLoad load(
      List<InetSocketAddress> edges, boolean spread, int connections, LoadPublisher publisher) {
    return new StormLoad(edges, spread, plan(connections), LONGEST_DELAY, publisher);
  }

  private void open(StormLoad load, int connections) {
    load.clients().openAll(AT_ONCE);
    await(load, counts -> counts.ready() == connections);
    load.clients().openAll(Integer.MAX_VALUE); // who comes back waits for nobody
    progress.accept("%,d connections are open".formatted(connections));
  }

  private static void settle(StormLoad load) {
    load.stopPublishing();
    await(load, counts -> counts.outstanding() == 0);
  }

  /** A figure that leaves some out is none. */
  private static void require(int resumed, int cut) {
    if (resumed != cut) {
      throw new BenchException("%d of %d were seen to come back".formatted(resumed, cut));
    }
  }

  private static void await(StormLoad load, Predicate<ResumingClients.Counts> done) {
    long untilNs = System.nanoTime() + LONGEST_MS * 1_000_000;
    while (!done.test(load.clients().counts())) {
      if (System.nanoTime() > untilNs) {
        throw new BenchException(
            "not within %d s: %s".formatted(LONGEST_MS / 1_000, load.clients().counts()));
      }
      Figures.pause(20);
    }
  }
}
