package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.admin.PumpPages;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.schemas.Lane;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.fleet.Hits;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.SourcePartitionReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What a dispatcher says of itself: its counters, and its pumps as they last described themselves.
 *
 * <p>Threading: any thread; it reads snapshots.
 */
final class DispatcherReports implements Consumer<ProcessReport.Builder> {
  private final Supplier<List<PumpStatus>> pumps;
  private final Supplier<List<Map<Lane, Hits>>> hot;
  private final DispatcherMetrics metrics;
  private final IntSupplier slotMapVersion;
  private final InstantSource clock;

  /**
   * Of these pumps.
   *
   * @param pumps how each last described itself
   * @param hot what each has routed lately
   */
  DispatcherReports(
      Supplier<List<PumpStatus>> pumps,
      Supplier<List<Map<Lane, Hits>>> hot,
      DispatcherMetrics metrics,
      IntSupplier slotMapVersion,
      InstantSource clock) {
    this.pumps = pumps;
    this.hot = hot;
    this.metrics = metrics;
    this.slotMapVersion = slotMapVersion;
    this.clock = clock;
  }

  @Override
  public void accept(ProcessReport.Builder report) {
    long nowMs = clock.millis();
    List<PumpStatus> statuses = pumps.get();
    DispatcherReport.Builder own =
        DispatcherReport.newBuilder()
            .setRecordsRead(metrics.recordsRead())
            .setRecordsRouted(metrics.recordsRouted())
            .setDeliveries(metrics.deliveries())
            .putAllDeadLettersByReason(metrics.deadLetters())
            .setUpstreamGaps(metrics.upstreamGaps())
            .setRestarts(metrics.restarts())
            .setHeldMs(PumpPages.heldMs(statuses, nowMs))
            .setSlotMapVersion(slotMapVersion.getAsInt())
            .addAllHot(HotAddresses.most(hot.get()));
    statuses.stream()
        .flatMap(pump -> pump.sources().stream())
        .sorted(
            Comparator.comparing(PumpStatus.Source::topic)
                .thenComparingInt(PumpStatus.Source::partition))
        .forEach(source -> own.addPartitions(partition(source)));
    report.addAllWaitingFor(PumpPages.notReady(statuses, nowMs)).setDispatcher(own);
  }

  private static SourcePartitionReport partition(PumpStatus.Source source) {
    SourcePartitionReport.Builder partition =
        SourcePartitionReport.newBuilder()
            .setTopic(source.topic())
            .setPartition(source.partition())
            .setCommittedOffset(source.committed())
            .setLeaderEndOffset(source.logEnd());
    if (source.committedAtMs() > 0) {
      partition.setCommittedAt(
          FleetProcess.timestamp(Instant.ofEpochMilli(source.committedAtMs())));
    }
    return partition.build();
  }
}
