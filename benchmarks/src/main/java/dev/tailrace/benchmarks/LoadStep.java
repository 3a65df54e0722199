package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.BenchResult.Load;
import dev.tailrace.benchmarks.BenchResult.Percentiles;
import dev.tailrace.benchmarks.BenchResult.Point;
import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.BenchResult.Slow;
import dev.tailrace.benchmarks.LoadClient.Counts;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * A load at one rate on connections that are open; may be run again and again.
 *
 * <p>Threading: the caller's; publishes on a thread of its own.
 */
final class LoadStep {
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAD_NS = SECOND_NS / 10;
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final long LONGEST_DRAIN_NS = 5 * SECOND_NS;
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(3);

  private final LoadPlan plan;
  private final LoadClient client;
  private final LoadPublisher publisher;
  private final Published published;
  private final int run;
  private final Watch watch;
  private final Consumer<String> progress;
  private final Patience patience;

  LoadStep(
      LoadPlan plan,
      LoadClient client,
      LoadPublisher publisher,
      Published published,
      int run,
      Watch watch,
      Consumer<String> progress,
      Patience patience) {
    this.plan = plan;
    this.client = client;
    this.publisher = publisher;
    this.published = published;
    this.run = run;
    this.watch = watch;
    this.progress = progress;
    this.patience = patience;
  }

  /** What was counted and used when the measured time began and when it ended. */
  private record Mark(Samples samples, Counts counts, long clientCpuNs) {
    long deliveriesSince(Mark before) {
      return counts.tally().delivered - before.counts.tally().delivered;
    }

    double deliveriesPerSecondSince(Mark before) {
      return deliveriesSince(before) * 1e9 / (counts.atNs() - before.counts.atNs());
    }
  }

  /**
   * Puts the load on, and waits for what is still to come.
   *
   * @throws BenchException when it was given up
   */
  Load run(int rate, int warmupSeconds, int seconds) {
    long failuresBefore = publisher.failures();
    Counts before = client.counts().join();
    long startNs = System.nanoTime() + LEAD_NS;
    long fromNs = startNs + warmupSeconds * SECOND_NS;
    long toNs = fromNs + seconds * SECOND_NS;
    client.measure(fromNs, toNs).join();
    Pacer pacer = new Pacer(publisher, published, plan, run, System::nanoTime);
    Timeline timeline;
    Mark from;
    Mark to;
    try (var executor =
        Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().daemon().name("load-publisher").unstarted(task))) {
      try {
        var publishing =
            CompletableFuture.supplyAsync(() -> pacer.publish(startNs, toNs, rate), executor);
        awaitMoment(startNs);
        timeline = new Timeline(startNs, client.row().join(), watch.take());
        lookEachSecond(timeline, fromNs);
        from = mark();
        lookEachSecond(timeline, toNs);
        to = mark();
        await(publishing::isDone, LONGEST_DRAIN_NS);
        if (publishing.isCompletedExceptionally()) {
          Throwable cause = publishing.exceptionNow();
          throw new BenchException("publishing failed: " + cause.getMessage(), cause);
        }
      } finally {
        pacer.stop();
      }
    }
    client.stopChurn().join();
    await(() -> client.counts().join().outstanding() == 0, LONGEST_DRAIN_NS);
    Counts counts = client.counts().join();
    long lost = Math.max(0, counts.tally().lost) + client.missing().join();
    long delivered = counts.tally().delivered;
    double elapsedNs = to.samples().atNs() - from.samples().atNs();
    Histogram latencies = client.latencies().join();
    return new Load(
        rate,
        to.deliveriesPerSecondSince(from),
        delivered,
        lost,
        delivered + lost == 0 ? 0 : (double) delivered / (delivered + lost),
        counts.tally().duplicates,
        counts.tally().misordered,
        counts.tally().foreign,
        publisher.failures() - failuresBefore,
        counts.endedByServer() - before.endedByServer(),
        counts.reopened() - before.reopened(),
        counts.firstFailure(),
        slow(counts),
        Percentiles.of(latencies),
        Point.curve(latencies),
        (to.clientCpuNs() - from.clientCpuNs()) / elapsedNs,
        to.samples().perDelivery(from.samples(), to.deliveriesSince(from)),
        timeline.rows());
  }

  private Slow slow(Counts counts) {
    return new Slow(
        plan.slowConnections(),
        counts.slow().delivered,
        Math.max(0, counts.slow().lost),
        counts.slow().duplicates);
  }

  private void lookEachSecond(Timeline timeline, long untilNs) {
    while (timeline.dueNs() <= untilNs) {
      awaitMoment(timeline.dueNs());
      Samples samples = watch.take();
      Counts counts = client.row().join();
      progress.accept(line(timeline.add(counts, samples), counts));
    }
    awaitMoment(untilNs);
  }

  private Mark mark() {
    Samples samples = watch.takeWithJvms();
    return new Mark(samples, client.counts().join(), client.cpuNs());
  }

  private static String line(Second second, Counts counts) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%3d s  %,11.0f deliveries/s  worst %8.1f ms  %,d outstanding",
                second.second(),
                second.deliveriesPerSecond(),
                second.worstMs(),
                counts.outstanding()));
    second
        .processes()
        .forEach(
            process ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "  %s %.0f %% %d MiB",
                        process.process(),
                        100 * process.cpuShare(),
                        process.residentBytes() >> 20)));
    return text.toString();
  }

  /** Waits until what an overload has left behind has come, or no more of it comes. */
  void settle() {
    Counts counts = patience.awaitOutstanding(client, LOOK_EVERY, SETTLED_AFTER);
    if (counts.outstanding() > 0 || counts.open() < plan.connections()) {
      client.open().join();
    }
  }

  private void await(BooleanSupplier done, long longestNs) {
    long deadline = System.nanoTime() + longestNs;
    while (!done.getAsBoolean() && System.nanoTime() < deadline) {
      patience.pause(LOOK_EVERY);
    }
  }

  private void awaitMoment(long momentNs) {
    for (long left = momentNs - System.nanoTime(); left > 0; left = momentNs - System.nanoTime()) {
      patience.pause(Duration.ofNanos(left));
    }
  }
}
