package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.BenchResult.Drain;
import dev.tailrace.benchmarks.JvmProbe.JvmUse;
import dev.tailrace.benchmarks.LoadClient.Counts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an edge delivers when all of it is written ahead: the edge is held still while its lanes are
 * filled, and then let go. Neither broker nor dispatcher nor publisher has anything to do but to
 * serve its reads.
 *
 * <p>Threading: the caller's.
 */
final class BacklogDrain {
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
  private static final int EVENTS_PER_LOOK = 1024;

  private final LoadPlan plan;
  private final LoadClient client;
  private final KafkaLoadPublisher publisher;
  private final Published published;
  private final int run;
  private final Watch watch;
  private final Patience patience;

  BacklogDrain(
      LoadPlan plan,
      LoadClient client,
      KafkaLoadPublisher publisher,
      Published published,
      int run,
      Watch watch,
      Patience patience) {
    this.plan = plan;
    this.client = client;
    this.publisher = publisher;
    this.published = published;
    this.run = run;
    this.watch = watch;
    this.patience = patience;
  }

  /**
   * Writes so many events ahead and lets them go.
   *
   * @throws BenchException when it was given up, or the edge cannot be held
   */
  Drain run(int events) {
    long failuresBefore = publisher.failures();
    client.measure(Long.MAX_VALUE, Long.MAX_VALUE).join();
    int endedBefore = client.counts().join().endedByServer();
    // While it is held it cannot be asked, and does nothing.
    List<@Nullable JvmUse> jvms = watch.takeWithJvms().jvms();
    Samples from;
    long clientCpuFromNs;
    try (HeldProcess _ = HeldProcess.hold(edgePid())) {
      for (int i = 0; i < events; i++) {
        int address = i % plan.addresses();
        publisher.publish(address, Stamp.ofRun(run, published.next(address)), System.nanoTime());
        if (i % EVENTS_PER_LOOK == 0) {
          patience.pause(Duration.ZERO);
        }
      }
      publisher.awaitTaken();
      from = watch.take().withJvms(jvms);
      clientCpuFromNs = client.cpuNs();
    }
    Counts counts = patience.awaitOutstanding(client, LOOK_EVERY, LONGEST_SILENCE);
    Samples to = watch.takeWithJvms();
    long clientCpuNs = client.cpuNs() - clientCpuFromNs;
    double elapsedNs = to.atNs() - from.atNs();
    return new Drain(
        events,
        elapsedNs / 1e9,
        counts.tally().delivered * 1e9 / elapsedNs,
        counts.tally().delivered,
        Math.max(0, counts.tally().lost) + client.missing().join(),
        counts.tally().duplicates,
        counts.tally().misordered,
        publisher.failures() - failuresBefore,
        counts.endedByServer() - endedBefore,
        clientCpuNs / elapsedNs,
        to.perDelivery(from, counts.tally().delivered));
  }

  private long edgePid() {
    return watch.processes().getFirst().pid();
  }
}
