package dev.tailrace.edge;

import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.metrics.DeliveryLatency;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.metrics.MetricsSnapshot;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.FollowedPartition;
import dev.tailrace.v1.Histogram;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.StandingConnections;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What an edge says of itself: its counters, the last census of each delivery agent, and the logs
 * that the tail has published.
 *
 * <p>Threading: {@link #accept} on one thread, which may wait for a check; the rest from any.
 */
final class EdgeReports implements Consumer<ProcessReport.Builder> {
  /** History requests are answers, not connections. */
  private static final List<Transport.Kind> TRANSPORTS =
      List.of(Transport.Kind.SSE, Transport.Kind.WEBSOCKET, Transport.Kind.POLL);

  private final EdgeConfig config;
  private final List<ReadinessCheck> checks;
  private final EdgeMetrics metrics;
  private final MetricsListeners listeners;
  private volatile Supplier<List<PartitionLog>> logs = List::of;
  private volatile boolean draining;

  EdgeReports(
      EdgeConfig config,
      List<ReadinessCheck> checks,
      EdgeMetrics metrics,
      MetricsListeners listeners) {
    this.config = config;
    this.checks = List.copyOf(checks);
    this.metrics = metrics;
    this.listeners = listeners;
  }

  /** The logs of the partitions that are followed are these. */
  void show(Supplier<List<PartitionLog>> followed) {
    logs = followed;
  }

  /** It wants no new clients. */
  void draining() {
    draining = true;
  }

  @Override
  public void accept(ProcessReport.Builder report) {
    Collection<ConnectionCensus> censuses = listeners.censuses();
    MetricsSnapshot counts = metrics.snapshot();
    EdgeReport.Builder edge =
        EdgeReport.newBuilder()
            .setPublicUrl(config.placement().publicUrl())
            .setZone(config.placement().zone())
            .setDraining(draining)
            .setMaxConnections(config.delivery().maxConnections())
            .addAllConnections(standing(censuses))
            .setDeliveredEvents(counts.deliveredEvents())
            .setDeliveredBytes(counts.deliveredBytes())
            .setTailRecords(counts.tailRecords())
            .setPublishedEvents(counts.publishedEvents())
            .putAllGapsByReason(counts.gaps())
            .putAllSlowByPolicy(counts.slow())
            .putAllClosedByReason(counts.closed())
            .setDeliveryLatency(latency(metrics.latency()))
            .addAllHot(HotAddresses.most(censuses.stream().map(ConnectionCensus::hot).toList()));
    logs.get().stream()
        .sorted(Comparator.comparing(PartitionLog::partition))
        .forEach(log -> edge.addPartitions(partition(log, censuses)));
    for (ReadinessCheck check : checks) {
      if (!check.check().ready()) {
        report.addWaitingFor(check.name());
      }
    }
    report.setEdge(edge);
  }

  private static List<StandingConnections> standing(Collection<ConnectionCensus> censuses) {
    List<StandingConnections> standing = new ArrayList<>();
    for (Transport.Kind kind : TRANSPORTS) {
      for (ConnectionCensus.Standing state : ConnectionCensus.Standing.values()) {
        int count = censuses.stream().mapToInt(census -> census.count(kind, state)).sum();
        if (count > 0) {
          standing.add(
              StandingConnections.newBuilder()
                  .setTransport(word(kind))
                  .setState(word(state))
                  .setCount(count)
                  .build());
        }
      }
    }
    return standing;
  }

  private static Histogram latency(DeliveryLatency of) {
    Histogram.Builder histogram = Histogram.newBuilder().setSumMs(of.sumMs());
    for (double bound : DeliveryLatency.boundsMs()) {
      histogram.addBoundsMs(bound);
    }
    for (long count : of.counts()) {
      histogram.addCounts(count);
    }
    return histogram.build();
  }

  private static FollowedPartition partition(
      PartitionLog log, Collection<ConnectionCensus> censuses) {
    ConnectionCensus.Readers readers =
        censuses.stream()
            .map(census -> census.readers(log.partition()))
            .reduce(ConnectionCensus.Readers.NONE, ConnectionCensus.Readers::with);
    return FollowedPartition.newBuilder()
        .setLane(word(log.partition().lane()))
        .setGeneration(log.partition().generation())
        .setPartition(log.partition().partition())
        .setEndOffset(log.endOffset())
        .setLeaderEndOffset(log.leaderEnd())
        .setWindowStartOffset(log.startOffset())
        .setWindowBytes(log.bytes())
        .setReaders(readers.connections())
        .setLag(readers.lag())
        .build();
  }

  private static String word(Enum<?> of) {
    return of.name().toLowerCase(Locale.ROOT);
  }
}
