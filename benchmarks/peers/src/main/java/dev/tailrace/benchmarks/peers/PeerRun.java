package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.Bench;
import dev.tailrace.benchmarks.Bench.Session;
import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.KafkaLoadPublisher;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.RateSearch;
import dev.tailrace.benchmarks.peers.Outcome.SlowReaders;
import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios in rounds: in each round every server, one after the other. Under load and in storms
 * the servers stay up for all rounds, warmed up once; those that are not at their turn have no
 * connections. For memory each measurement has a fresh process.
 *
 * <p>Threading: the caller's.
 */
final class PeerRun {
  private static final int TRY_WARMUP_S = 1;
  private static final int TRY_S = 3;
  private static final int HALF_S = 6;

  /** So many connections a JVM has taken before its storm counts: it gets faster for that long. */
  private static final int WARMUP_STORM_CONNECTIONS = 200_000;

  /** What is written ahead should keep an edge busy for so long. */
  private static final int DRAIN_S = 5;

  /** Fresh processes load classes and grow buffers with their first connections. */
  private static final int FIRST_CONNECTIONS = 200;

  private static final Duration SETTLE = Duration.ofMillis(500);
  private static final int LONGEST_CLOSING_TURNS = 60;

  /** Of a server's sockets, how many need not have been closed: its own, and publishers'. */
  private static final int SPARE_FILES = 20;

  private final ServerStarter starter;
  private final int warmupSeconds;
  private final int slowSeconds;
  private final Set<Server> allowed;
  private final Consumer<String> progress;
  private final Consumer<Outcome> results;
  private final Set<String> warm = new HashSet<>();

  /**
   * A run.
   *
   * @param warmupSeconds of load, or of storms, on a JVM before its first round of a kind
   * @param slowSeconds measured with slow readers, and as long without
   * @param allowed a scenario's other servers are left out
   * @param results takes each outcome as soon as there is one
   */
  PeerRun(
      ServerStarter starter,
      int warmupSeconds,
      int slowSeconds,
      Set<Server> allowed,
      Consumer<String> progress,
      Consumer<Outcome> results) {
    this.starter = starter;
    this.warmupSeconds = warmupSeconds;
    this.slowSeconds = slowSeconds;
    this.allowed = allowed;
    this.progress = progress;
    this.results = results;
  }

  /** All rounds of one scenario. */
  void run(Scenario scenario, int rounds) {
    Map<Server, Integer> bestRates = new EnumMap<>(Server.class);
    List<Server> servers = scenario.servers().stream().filter(allowed::contains).toList();
    for (int round = 1; round <= rounds; round++) {
      Integer peersRate = null;
      for (Server server : servers) {
        say("%s, round %d of %d: %s".formatted(scenario.name(), round, rounds, server.text()));
        Outcome outcome;
        try {
          outcome =
              switch (scenario.kind()) {
                case BROADCAST, PERSONAL ->
                    load(scenario, server, round, bestRates.get(server), peersRate);
                case ALONE ->
                    starter.kept(server) instanceof TailraceServer tailrace
                        ? alone(scenario, tailrace, round, peersRate)
                        : load(scenario, server, round, bestRates.get(server), null);
                case SLOW -> slow(scenario, server, round);
                case STORM -> storm(scenario, server, round);
                case IDLE -> idle(scenario, server, round);
              };
        } catch (BenchException e) {
          say("%s failed: %s".formatted(server.text(), e.getMessage()));
          starter.drop(server);
          warm.removeIf(one -> one.endsWith(server.text()));
          outcome = Outcome.failed(scenario, server, round, String.valueOf(e.getMessage()));
        }
        Load best = outcome.best();
        if (best != null) {
          bestRates.put(server, best.eventsPerSecond());
          if (server == scenario.ratesOthers()) {
            peersRate = best.eventsPerSecond();
          }
        }
        results.accept(outcome);
      }
    }
  }

  private Outcome load(
      Scenario scenario,
      Server server,
      int round,
      @Nullable Integer earlierRate,
      @Nullable Integer peersRate) {
    PeerServer running = starter.kept(server);
    boolean cold = isCold(scenario, server);
    LoadPlan plan = scenario.plan();
    try (LoadPublisher publisher = running.publisher(plan)) {
      return onConnections(
          scenario,
          cold,
          running,
          plan,
          publisher,
          session -> {
            if (cold) {
              WarmUp.untilHardlyMore(_ -> search(scenario, session));
            }
            List<Load> tries = new ArrayList<>();
            int best =
                earlierRate == null
                    ? RateSearch.highest(scenario.firstRate(), rate -> isGood(session, rate, tries))
                    : RateSearch.near(earlierRate, rate -> isGood(session, rate, tries));
            return Outcome.loaded(
                scenario,
                server,
                round,
                session.connecting(),
                tries,
                best == 0 ? null : half(session, best, "half of its maximum"),
                peersRate == null || server != Server.TAILRACE
                    ? null
                    : half(session, peersRate, "half of Nchan's maximum"));
          });
    }
  }

  /** That does not count. */
  private int search(Scenario scenario, Session session) {
    int found =
        RateSearch.highest(scenario.firstRate(), rate -> isGood(session, rate, new ArrayList<>()));
    say("%,d events/s in a search that does not count".formatted(found));
    return found;
  }

  /** Opens the plan's connections, warms up who is cold, and sees them closed in the end. */
  private <T> T onConnections(
      Scenario scenario,
      boolean cold,
      PeerServer running,
      LoadPlan plan,
      LoadPublisher publisher,
      Function<Session, T> use) {
    int files = files(running);
    List<ProcessProbe> processes = new ArrayList<>(running.processes());
    processes.add(new ProcessProbe("load", ProcessHandle.current().pid()));
    T found;
    try (Session session = bench(running, scenario, plan, processes).open(publisher)) {
      pause(SETTLE);
      if (cold) {
        say("warming up");
        session.run(scenario.firstRate(), 0, warmupSeconds);
        session.settle();
      }
      found = use.apply(session);
    }
    awaitClosed(running, files, publisher, plan);
    return found;
  }

  private Outcome alone(
      Scenario scenario, TailraceServer running, int round, @Nullable Integer peersRate) {
    boolean cold = isCold(scenario, Server.TAILRACE);
    LoadPlan plan = scenario.plan();
    try (KafkaLoadPublisher lanes = running.lanes(plan)) {
      return onConnections(
          scenario,
          cold,
          running,
          plan,
          lanes,
          session -> {
            // What one finds says how many events are enough for the next.
            int expected =
                cold
                    ? WarmUp.untilHardlyMore(
                        before -> found(drain(session, lanes, Math.max(before, plan.rate()))))
                    : found(drain(session, lanes, plan.rate()));
            Drain drain = drain(session, lanes, expected);
            return Outcome.drained(
                scenario,
                round,
                session.connecting(),
                drain,
                peersRate == null
                    ? half(session, found(drain), "half of what it drained")
                    : half(session, peersRate, "half of the other's maximum"));
          });
    }
  }

  /** Of as many events as keep the edge busy for a while if it does so many in a second. */
  private Drain drain(Session session, KafkaLoadPublisher lanes, int expected) {
    Drain drain = session.drain(lanes, Math.max(1, expected) * DRAIN_S);
    say(drain);
    return drain;
  }

  private static int found(Drain drain) {
    return (int) drain.deliveriesPerSecond();
  }

  private Outcome slow(Scenario scenario, Server server, int round) {
    return Outcome.slowed(
        scenario,
        server,
        round,
        new SlowReaders(
            moderate(scenario, server, scenario.plan(), "all read"),
            moderate(scenario, server, scenario.slowPlan(), "some read slowly")));
  }

  private Load moderate(Scenario scenario, Server server, LoadPlan plan, String what) {
    PeerServer running = starter.kept(server);
    boolean cold = isCold(scenario, server);
    try (LoadPublisher publisher = running.publisher(plan)) {
      return onConnections(
          scenario,
          cold,
          running,
          plan,
          publisher,
          session -> {
            Load load = session.run(scenario.firstRate(), TRY_WARMUP_S, slowSeconds);
            say(what, load);
            return load;
          });
    }
  }

  /** Whether this is the first time that a JVM does this. */
  private boolean isCold(Scenario scenario, Server server) {
    return server.isJvm()
        && warm.add(scenario.kind() + "/" + scenario.transport() + "/" + server.text());
  }

  /**
   * Something else on the machine may have spoiled a try: it takes two to say that it is too much.
   */
  private boolean isGood(Session session, int rate, List<Load> tries) {
    boolean good = isGoodNow(session, rate, tries);
    return good || isGoodNow(session, rate, tries);
  }

  private boolean isGoodNow(Session session, int rate, List<Load> tries) {
    Load load = session.run(rate, TRY_WARMUP_S, TRY_S);
    tries.add(load);
    say(load.isGood() ? "good" : "too much", load);
    session.settle();
    return load.isGood();
  }

  private Load half(Session session, int rate, String what) {
    Load load = session.run(Math.max(1, rate / 2), TRY_WARMUP_S, HALF_S);
    say(what, load);
    session.settle();
    return load;
  }

  private Outcome storm(Scenario scenario, Server server, int round) {
    PeerServer running = starter.kept(server);
    if (isCold(scenario, server)) {
      say("warming up");
      long endNs = System.nanoTime() + Duration.ofSeconds(warmupSeconds).toNanos();
      for (int taken = 0;
          taken < WARMUP_STORM_CONNECTIONS || System.nanoTime() < endNs;
          taken += scenario.connections()) {
        storm(scenario, running);
      }
    }
    return Outcome.connected(scenario, server, round, storm(scenario, running).connecting());
  }

  private Bench.Findings storm(Scenario scenario, PeerServer running) {
    LoadPlan plan = scenario.plan();
    int files = files(running);
    Bench.Findings findings = bench(running, scenario, plan, List.of()).connectOnly();
    try (LoadPublisher publisher = running.publisher(plan)) {
      awaitClosed(running, files, publisher, plan);
    }
    return findings;
  }

  private Outcome idle(Scenario scenario, Server server, int round) {
    try (PeerServer running = starter.start(server)) {
      LoadPlan first = scenario.plan(Math.min(FIRST_CONNECTIONS, scenario.connections()));
      int files = files(running);
      requireAllOpen(bench(running, scenario, first, List.of()).connectOnly());
      try (LoadPublisher publisher = running.publisher(first)) {
        awaitClosed(running, files, publisher, first);
      }
      Bench.Findings findings =
          requireAllOpen(
              bench(running, scenario, scenario.plan(), running.processes()).connectOnly());
      return Outcome.connected(scenario, server, round, findings.connecting());
    }
  }

  private static Bench.Findings requireAllOpen(Bench.Findings findings) {
    if (findings.connecting().failed() > 0) {
      throw new BenchException(
          "%d connections could not be opened: %s"
              .formatted(findings.connecting().failed(), findings.connecting().firstFailure()));
    }
    return findings;
  }

  private Bench bench(
      PeerServer running, Scenario scenario, LoadPlan plan, List<ProcessProbe> processes) {
    return new Bench(
        running.target(scenario.transport(), plan), plan, processes, line -> {}, PeerRun::pause);
  }

  /**
   * Until the server has closed what the client has left: some find out only as they write. So that
   * no round has to carry what another has left behind.
   */
  private void awaitClosed(
      PeerServer running, int filesBefore, LoadPublisher publisher, LoadPlan plan) {
    for (int turns = 0; files(running) > filesBefore + SPARE_FILES; turns++) {
      if (turns == LONGEST_CLOSING_TURNS) {
        throw new BenchException(
            "it holds %d files, and had %d before".formatted(files(running), filesBefore));
      }
      for (int address = 0; address < plan.addresses(); address++) {
        publisher.publish(address, 0, System.nanoTime());
      }
      publisher.flush();
      pause(SETTLE);
    }
  }

  /** Open files of the process that holds the connections. */
  private static int files(PeerServer running) {
    long pid = running.processes().getFirst().pid();
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
    return Thread.currentThread().isInterrupted();
  }

  private void say(String what, Load load) {
    say(
        "  %,d events/s: %s; %,.0f deliveries/s, p99 %.1f ms, %.2f %% arrived, client %.0f %%"
            .formatted(
                load.eventsPerSecond(),
                what,
                load.deliveriesPerSecond(),
                load.latencyMs().p99(),
                100 * load.arrivedShare(),
                100 * load.loadClientBusyShare()));
  }

  private void say(Drain drain) {
    say(
        "  drained %,d events: %,.0f deliveries/s in %.2f s, client %.0f %%"
            .formatted(
                drain.events(),
                drain.deliveriesPerSecond(),
                drain.seconds(),
                100 * drain.loadClientBusyShare()));
  }

  private void say(String line) {
    progress.accept(line);
  }
}
