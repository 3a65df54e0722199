package dev.tailrace.benchmarks;

import com.google.errorprone.annotations.FormatMethod;
import dev.tailrace.benchmarks.BenchResult.Connecting;
import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.Search;
import dev.tailrace.benchmarks.BenchResult.Try;
import dev.tailrace.benchmarks.OpeningRound.Opening;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run: opens the connections, puts a load on them, and says what came of it.
 *
 * <p>Threading: the caller's; the load client and the publisher have threads of their own.
 */
public final class Bench {
  private static final int SEARCH_WARMUP_S = 2;
  private static final int SEARCH_MEASURED_S = 6;
  private static final Duration OPENED_WITHIN = Duration.ofSeconds(60);

  private final LoadTarget target;
  private final LoadPlan plan;
  private final List<ProcessProbe> processes;
  private final Consumer<String> progress;
  private final Patience patience;

  /** What a run found out by connections alone, by load, by search, by a backlog. */
  public record Findings(
      Connecting connecting, @Nullable Search search, @Nullable Load load, @Nullable Drain drain) {}

  /**
   * @param processes to be watched, the edge first, if it is known
   * @param progress takes a line each second
   * @param stop waits for so long at most; true when the run is to be given up
   */
  public Bench(
      LoadTarget target,
      LoadPlan plan,
      List<ProcessProbe> processes,
      Consumer<String> progress,
      Predicate<Duration> stop) {
    this.target = target;
    this.plan = plan;
    this.processes = processes;
    this.progress = progress;
    this.patience = new Patience(stop);
  }

  /**
   * Opens the connections, and holds them idle for the plan's seconds.
   *
   * @throws BenchException when it was given up
   */
  public Findings connectOnly() {
    Published nothing = new Published(plan.addresses());
    try (LoadClient client = start(nothing, 0)) {
      return new Findings(connect(client, plan.seconds()), null, null, null);
    }
  }

  /**
   * Measures at the plan's rate.
   *
   * @throws BenchException when it was given up, or not all connections could be opened
   */
  public Findings load(LoadPublisher publisher) {
    return run(publisher, null);
  }

  /**
   * Searches the highest good rate from the plan's rate on, and measures at half of it.
   *
   * @throws BenchException as {@link #load}
   */
  public Findings search(LoadPublisher publisher) {
    return run(publisher, new ArrayList<>());
  }

  /**
   * Writes so many events to the lanes while the edge, which is the first of the watched processes,
   * is held still; measures how fast it delivers them. First the plan's warm-up at its rate.
   *
   * @throws BenchException as {@link #load}, and when the edge cannot be held
   */
  public Findings drain(KafkaLoadPublisher lanes, int events) {
    try (Session session = open(lanes)) {
      if (plan.warmupSeconds() > 0) {
        session.run(plan.rate(), 0, plan.warmupSeconds());
        session.settle();
      }
      say("%,d events are written while the edge is held", events);
      return new Findings(session.connecting(), null, null, session.drain(lanes, events));
    }
  }

  /**
   * Opens the connections, for loads of the caller's choice.
   *
   * @throws BenchException as {@link #load}
   */
  public Session open(LoadPublisher publisher) {
    int run = RandomGenerator.getDefault().nextInt(1 << 16);
    Published published = new Published(plan.addresses());
    LoadClient client = start(published, run);
    Watch watch = new Watch(processes);
    try {
      Connecting connecting = connect(client, 0);
      if (connecting.failed() > 0) {
        throw new BenchException(
            "%d of %d connections could not be opened: %s"
                .formatted(connecting.failed(), plan.connections(), connecting.firstFailure()));
      }
      LoadStep step =
          new LoadStep(plan, client, publisher, published, run, watch, progress, patience);
      return new Session(
          connecting,
          client,
          watch,
          step,
          lanes -> new BacklogDrain(plan, client, lanes, published, run, watch, patience));
    } catch (RuntimeException e) {
      watch.close();
      client.close();
      throw e;
    }
  }

  /**
   * Open connections, to be loaded again and again.
   *
   * <p>Threading: the caller's.
   */
  public static final class Session implements AutoCloseable {
    private final Connecting connecting;
    private final LoadClient client;
    private final Watch watch;
    private final LoadStep step;
    private final Function<KafkaLoadPublisher, BacklogDrain> drains;

    private Session(
        Connecting connecting,
        LoadClient client,
        Watch watch,
        LoadStep step,
        Function<KafkaLoadPublisher, BacklogDrain> drains) {
      this.connecting = connecting;
      this.client = client;
      this.watch = watch;
      this.step = step;
      this.drains = drains;
    }

    /** How they were opened. */
    public Connecting connecting() {
      return connecting;
    }

    /**
     * Puts this load on.
     *
     * @throws BenchException when it was given up
     */
    public Load run(int rate, int warmupSeconds, int seconds) {
      return step.run(rate, warmupSeconds, seconds);
    }

    /**
     * Writes so many events to the lanes while the edge is held still, and lets it go.
     *
     * @throws BenchException when it was given up, or the edge cannot be held
     */
    public Drain drain(KafkaLoadPublisher lanes, int events) {
      return drains.apply(lanes).run(events);
    }

    /** After an overload: waits for what it has left behind, or opens the connections anew. */
    public void settle() {
      step.settle();
    }

    @Override
    public void close() {
      watch.close();
      client.close();
    }
  }

  private Findings run(LoadPublisher publisher, @Nullable List<Try> tries) {
    try (Session session = open(publisher)) {
      Connecting connecting = session.connecting();
      if (tries == null) {
        return new Findings(
            connecting, null, session.run(plan.rate(), plan.warmupSeconds(), plan.seconds()), null);
      }
      int best = RateSearch.highest(plan.rate(), rate -> isGood(session, rate, tries));
      double deliveries =
          tries.stream()
              .filter(one -> one.good() && one.rate() == best)
              .mapToDouble(Try::deliveriesPerSecond)
              .max()
              .orElse(0);
      Search search = new Search(best, deliveries, tries);
      say("highest good rate: %d events/s, %,.0f deliveries/s; now half of it", best, deliveries);
      return new Findings(
          connecting,
          search,
          best < 2 ? null : session.run(best / 2, plan.warmupSeconds(), plan.seconds()),
          null);
    }
  }

  private boolean isGood(Session session, int rate, List<Try> tries) {
    say("trying %,d events/s", rate);
    Load load = session.run(rate, SEARCH_WARMUP_S, SEARCH_MEASURED_S);
    Try tried = Try.of(load);
    tries.add(tried);
    say(
        "%,d events/s: %s, %,.0f deliveries/s, p99 %.1f ms, %.2f %% arrived",
        rate,
        tried.good() ? "good" : "too much",
        tried.deliveriesPerSecond(),
        tried.p99Ms(),
        100 * tried.arrivedShare());
    session.settle();
    return tried.good();
  }

  private LoadClient start(Published published, int run) {
    try {
      return LoadClient.start(target, plan, published, run, OPENED_WITHIN);
    } catch (IOException e) {
      throw new BenchException("the load client cannot start: " + e.getMessage(), e);
    }
  }

  private Connecting connect(LoadClient client, int idleSeconds) {
    Samples before = Samples.takeWithHeap(processes);
    var opening = client.open();
    while (!opening.isDone()) {
      patience.pause(Duration.ofMillis(100));
    }
    Opening opened = opening.join();
    double seconds = opened.tookNs() / 1e9;
    say(
        "%,d connections open after %.2f s, %,.0f per second",
        opened.ready(), seconds, opened.ready() / seconds);
    for (int i = 0; i < idleSeconds; i++) {
      patience.pause(Duration.ofSeconds(1));
    }
    Samples after = Samples.takeWithHeap(processes);
    return new Connecting(
        opened.ready(),
        opened.failed(),
        opened.firstFailure(),
        seconds,
        opened.ready() / seconds,
        Percentiles.of(opened.latencies()),
        after.kernelTcpBytesPerConnection(before, opened.ready()),
        after.memory(before, opened.ready()));
  }

  @FormatMethod
  private void say(String format, Object... arguments) {
    progress.accept(String.format(Locale.ROOT, format, arguments));
  }
}
