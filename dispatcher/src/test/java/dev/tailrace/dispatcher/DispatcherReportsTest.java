package dev.tailrace.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.dispatcher.ingress.IngressForm;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import dev.tailrace.schemas.Lane;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.fleet.Hits;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.HotAddress;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.SourcePartitionReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DispatcherReportsTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_000_000);

  private final DispatcherMetrics metrics = new DispatcherMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  /** As many times each as no other. */
  @Test
  void shouldTellItsCounters() {
    times(1, () -> metrics.onRestart());
    times(2, () -> metrics.onUpstreamGap());
    times(3, () -> metrics.onDeadLetter(DeadLetter.Reason.REASON_NO_ADDRESS));
    times(4, () -> metrics.onRouted(1));
    times(5, () -> metrics.onDelivery());
    times(7, () -> metrics.onRead(IngressForm.EVENT));

    DispatcherReport report = report(List.of(), List.of()).getDispatcher();

    assertThat(report.getRestarts()).isEqualTo(1);
    assertThat(report.getUpstreamGaps()).isEqualTo(2);
    assertThat(report.getDeadLettersByReasonMap()).containsExactly(Map.entry("no_address", 3L));
    assertThat(report.getRecordsRouted()).isEqualTo(4);
    assertThat(report.getDeliveries()).isEqualTo(5);
    assertThat(report.getRecordsRead()).isEqualTo(7);
    assertThat(report.getSlotMapVersion()).isEqualTo(6);
    assertThat(report.getHeldMs()).isZero();
    assertThat(report.getPartitionsList()).isEmpty();
    assertThat(report.getHotList()).isEmpty();
  }

  @Test
  void shouldTellWhichPumpsAreNotReadyAndForHowLongOneIsHeld() {
    ProcessReport.Builder report =
        report(
            List.of(
                pump("well", PumpState.RUNNING, PumpStatus.Hold.NONE),
                pump("joins", PumpState.JOINING, PumpStatus.Hold.NONE),
                pump(
                    "held",
                    PumpState.RUNNING,
                    new PumpStatus.Hold(7, NOW.toEpochMilli() - 1_250, true))),
            List.of());

    assertThat(report.getWaitingForList()).containsExactly("joins");
    assertThat(report.getDispatcher().getHeldMs()).isEqualTo(1_250);
  }

  @Test
  void shouldTellThePartitionsOfAllPumpsInOrderAndWhatIsNotKnownOfThem() {
    DispatcherReport report =
        report(
                List.of(
                    pump(
                        "one",
                        PumpState.RUNNING,
                        PumpStatus.Hold.NONE,
                        source("orders", 10, -1, 0, -1),
                        source("orders", 2, 9, NOW.toEpochMilli() - 70, 14)),
                    pump(
                        "two",
                        PumpState.RUNNING,
                        PumpStatus.Hold.NONE,
                        source("events", 3, 5, 0, 5))),
                List.of())
            .getDispatcher();

    assertThat(report.getPartitionsList())
        .extracting(
            SourcePartitionReport::getTopic,
            SourcePartitionReport::getPartition,
            SourcePartitionReport::getCommittedOffset,
            SourcePartitionReport::getLeaderEndOffset,
            SourcePartitionReport::hasCommittedAt)
        .containsExactly(
            tuple("events", 3, 5L, 5L, false),
            tuple("orders", 2, 9L, 14L, true),
            tuple("orders", 10, -1L, -1L, false));
    assertThat(report.getPartitions(1).getCommittedAt())
        .isEqualTo(FleetProcess.timestamp(NOW.minusMillis(70)));
  }

  @Test
  void shouldAddUpWhatIsHotInItsPumps() {
    Map<Lane, Hits> one = hits("scores", 3);
    Map<Lane, Hits> other = hits("scores", 4);

    assertThat(report(List.of(), List.of(one, other)).getDispatcher().getHotList())
        .containsExactly(
            HotAddress.newBuilder().setLane("channels").setAddress("scores").setCount(7).build());
  }

  private ProcessReport.Builder report(List<PumpStatus> pumps, List<Map<Lane, Hits>> hot) {
    ProcessReport.Builder report = ProcessReport.newBuilder();
    new DispatcherReports(() -> pumps, () -> hot, metrics, () -> 6, () -> NOW).accept(report);
    return report;
  }

  private static Map<Lane, Hits> hits(String channel, long count) {
    return Map.of(Lane.CHANNELS, new Hits(Map.of(channel, new Hits.Count(count, count)), 0));
  }

  private static PumpStatus pump(
      String name, PumpState state, PumpStatus.Hold hold, PumpStatus.Source... sources) {
    return new PumpStatus(
        name, state, "", NOW.toEpochMilli() - 100, 0, 0, 0, hold, List.of(sources));
  }

  private static PumpStatus.Source source(
      String topic, int partition, long committed, long committedAtMs, long logEnd) {
    return new PumpStatus.Source(
        topic, partition, null, SourceState.RUNNING, 0, 0, 0, committed, committedAtMs, logEnd);
  }

  private static void times(int count, Runnable what) {
    for (int i = 0; i < count; i++) {
      what.run();
    }
  }
}
