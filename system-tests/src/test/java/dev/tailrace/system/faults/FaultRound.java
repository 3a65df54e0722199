package dev.tailrace.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.system.Crowd;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fault, once, under a crowd that is served before and after.
 *
 * @param fault what was done
 * @param recovery the longest silence of a client at one of its addresses, until events came again
 *     at all of them
 * @param restored the longest from then on until all ran again that was ended
 * @param opened how many connections were opened anew
 * @param deliveries in each {@link #SPAN}, the first {@link #BEFORE} before silence counts
 */
record FaultRound(
    Fault fault, Duration recovery, Duration restored, int opened, List<Integer> deliveries) {
  static final Duration SPAN = Duration.ofMillis(200);
  static final Duration BEFORE = Duration.ofSeconds(3);

  /** A picture is not longer than this. */
  private static final Duration MOST = Duration.ofSeconds(90);

  private static final Logger LOG = LoggerFactory.getLogger(FaultRound.class);

  /** Does it; returns when everything that was ended runs again, and all clients are served. */
  static FaultRound run(Fault fault, FaultCluster cluster, Crowd crowd) throws Exception {
    crowd.awaitNewsEverywhere();
    int openedBefore = crowd.timesOpened();
    Fault.Stage stage = new Fault.Stage();
    fault.action().run(cluster, crowd, stage);
    crowd.awaitNewsEverywhere();
    long recoveredNs = System.nanoTime();
    cluster.restore();
    crowd.awaitNewsEverywhere();
    long endNs = System.nanoTime();
    int opened = crowd.timesOpened() - openedBefore;
    if (fault.nobodyLeaves()) {
      assertThat(opened).as("connections opened anew: %s", fault.name()).isZero();
      assertThat(crowd.isOpen()).as("all are connected: %s", fault.name()).isTrue();
    }
    long pictured = Math.min(endNs - stage.fromNs(), MOST.toNanos());
    List<Integer> deliveries =
        crowd.deliveries(
            stage.fromNs() - BEFORE.toNanos(),
            SPAN,
            (int) ((BEFORE.toNanos() + pictured) / SPAN.toNanos()));
    FaultRound round =
        new FaultRound(
            fault,
            crowd.longestSilence(stage.fromNs(), recoveredNs),
            crowd.longestSilence(recoveredNs, endNs),
            opened,
            deliveries);
    LOG.info("{}", round);
    return round;
  }

  /** Whether it was done within what is aimed at; true without an aim. */
  boolean isMet() {
    return fault.aim().isEmpty() || recovery.compareTo(fault.aim().get()) <= 0;
  }

  @Override
  public String toString() {
    return "%s: longest silence %d ms%s; %d ms while the rest came back; %d connections opened anew"
        .formatted(
            fault.name(),
            recovery.toMillis(),
            fault.aim().map(aim -> ", aim %d ms".formatted(aim.toMillis())).orElse(""),
            restored.toMillis(),
            opened);
  }
}
