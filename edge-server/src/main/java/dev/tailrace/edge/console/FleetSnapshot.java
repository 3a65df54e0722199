package dev.tailrace.edge.console;

import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.EdgeReport;
import dev.tailrace.v1.FollowedPartition;
import dev.tailrace.v1.HotAddress;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.SourcePartitionReport;
import dev.tailrace.v1.StandingConnections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the console is told of the fleet, as {@code docs/protocol/console.md} has it.
 *
 * <p>Threading: one thread, which need not be the view's.
 */
final class FleetSnapshot {
  private static final long UNKNOWN = -1;

  private final FleetView view;
  private final long nowMs;
  private final List<KnownProcess> edges;
  private final List<KnownProcess> dispatchers;

  /** Of this moment. */
  FleetSnapshot(FleetView view) {
    this.view = view;
    this.nowMs = view.viewMs();
    List<KnownProcess> all = view.processes();
    this.edges = all.stream().filter(one -> one.report().hasEdge()).toList();
    this.dispatchers = all.stream().filter(one -> one.report().hasDispatcher()).toList();
  }

  /** All of it. */
  Map<String, Object> json(Instant at) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("at", at.toString());
    json.put("kafka", kafka());
    json.put("totals", totals());
    json.put(
        "latency",
        edges.stream()
            .map(edge -> edge.latencies(nowMs))
            .reduce(Latencies.NONE, Latencies::plus)
            .json());
    json.put("edges", edges.stream().map(this::edge).toList());
    json.put("dispatchers", dispatchers.stream().map(this::dispatcher).toList());
    json.put("hot", hot(heard(edges).stream().flatMap(one -> hotOf(one).stream()).toList()));
    json.put("gaps", sums(EdgeReport::getGapsByReasonMap));
    json.put("slow", sums(EdgeReport::getSlowByPolicyMap));
    json.put("closed", sums(EdgeReport::getClosedByReasonMap));
    return json;
  }

  private Map<String, Object> kafka() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("reachable", view.isReachable());
    json.put("silent_ms", view.silentMs());
    return json;
  }

  private List<KnownProcess> heard(List<KnownProcess> some) {
    return some.stream().filter(one -> !one.isSilent(nowMs)).toList();
  }

  private Map<String, Object> totals() {
    List<KnownProcess> live = heard(edges);
    List<KnownProcess> pumping = heard(dispatchers);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("edges", live.size());
    json.put("dispatchers", pumping.size());
    json.put("silent", edges.size() + dispatchers.size() - live.size() - pumping.size());
    json.put("connections", live.stream().mapToLong(one -> connections(one.report())).sum());
    json.put("deliveries_per_s", total(live, FleetSnapshot::deliveredEvents));
    json.put("delivered_bytes_per_s", total(live, FleetSnapshot::deliveredBytes));
    json.put("records_per_s", total(live, FleetSnapshot::tailRecords));
    json.put("published_per_s", total(live, FleetSnapshot::published));
    json.put("ingress_per_s", total(pumping, FleetSnapshot::recordsRead));
    json.put("gaps_per_s", total(live, FleetSnapshot::gaps));
    json.put("slow_per_s", total(live, FleetSnapshot::slow));
    json.put("dead_letters", pumping.stream().mapToLong(one -> deadLetters(one.report())).sum());
    json.put("ingress_lag", pumping.stream().mapToLong(one -> ingressLag(one.report())).sum());
    json.put("delivery_lag", live.stream().mapToLong(one -> deliveryLag(one.report())).sum());
    return json;
  }

  private @Nullable Double total(List<KnownProcess> of, ToLongFunction<ProcessReport> count) {
    List<@Nullable Double> rates = new ArrayList<>();
    of.forEach(one -> rates.add(rate(one, count)));
    return Rates.sum(rates);
  }

  private @Nullable Double rate(KnownProcess of, ToLongFunction<ProcessReport> count) {
    return of.isSilent(nowMs) ? null : Rates.between(of.before(), of.report(), count);
  }

  private Map<String, Object> process(KnownProcess one) {
    ProcessReport report = one.report();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("process", report.getProcess());
    json.put("instance", report.getInstance());
    json.put("version", report.getVersion());
    json.put("started", Rates.instant(report.getStarted()).toString());
    json.put("seen_ms", Math.max(0, nowMs - one.seenMs()));
    json.put("state", one.state(nowMs));
    json.put("waiting_for", List.copyOf(report.getWaitingForList()));
    return json;
  }

  private static void heap(Map<String, Object> json, ProcessReport report) {
    json.put("heap_used", report.getHeapUsedBytes());
    json.put("heap_max", report.getHeapMaxBytes());
  }

  /** An edge. */
  Map<String, Object> edge(KnownProcess one) {
    EdgeReport edge = one.report().getEdge();
    Map<String, Object> json = process(one);
    json.put("public_url", edge.getPublicUrl());
    json.put("zone", edge.getZone());
    json.put("connections", connectionsOf(edge));
    json.put("deliveries_per_s", rate(one, FleetSnapshot::deliveredEvents));
    json.put("delivered_bytes_per_s", rate(one, FleetSnapshot::deliveredBytes));
    json.put("records_per_s", rate(one, FleetSnapshot::tailRecords));
    json.put("published_per_s", rate(one, FleetSnapshot::published));
    json.put("gaps_per_s", rate(one, FleetSnapshot::gaps));
    json.put("slow_per_s", rate(one, FleetSnapshot::slow));
    json.put("partitions", edge.getPartitionsCount());
    json.put("lag", deliveryLag(one.report()));
    json.put("latency", one.latencies(nowMs).percentiles());
    heap(json, one.report());
    return json;
  }

  private static Map<String, Object> connectionsOf(EdgeReport edge) {
    Map<String, Long> transports = new LinkedHashMap<>();
    List.of("sse", "websocket", "poll").forEach(transport -> transports.put(transport, 0L));
    Map<String, Long> states = new LinkedHashMap<>();
    List.of("live", "catching_up", "lagging", "opening").forEach(state -> states.put(state, 0L));
    for (StandingConnections some : edge.getConnectionsList()) {
      transports.merge(some.getTransport(), (long) some.getCount(), Long::sum);
      states.merge(some.getState(), (long) some.getCount(), Long::sum);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("total", Rates.sum(transports));
    json.put("max", edge.getMaxConnections());
    json.put("by_transport", transports);
    json.put("by_state", states);
    return json;
  }

  /** A dispatcher. */
  Map<String, Object> dispatcher(KnownProcess one) {
    DispatcherReport dispatcher = one.report().getDispatcher();
    Map<String, Object> json = process(one);
    json.put("records_per_s", rate(one, FleetSnapshot::recordsRead));
    json.put("deliveries_per_s", rate(one, report -> report.getDispatcher().getDeliveries()));
    json.put("dead_letters", deadLetters(one.report()));
    json.put("upstream_gaps", dispatcher.getUpstreamGaps());
    json.put("restarts", dispatcher.getRestarts());
    json.put("held_ms", dispatcher.getHeldMs());
    json.put("slot_map_version", dispatcher.getSlotMapVersion());
    json.put("partitions", dispatcher.getPartitionsCount());
    json.put("lag", ingressLag(one.report()));
    heap(json, one.report());
    return json;
  }

  /** An edge with its partitions. */
  Map<String, Object> edgeDetails(KnownProcess one) {
    List<Map<String, Object>> partitions = new ArrayList<>();
    for (FollowedPartition partition : one.report().getEdge().getPartitionsList()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("lane", partition.getLane());
      json.put("generation", partition.getGeneration());
      json.put("partition", partition.getPartition());
      json.put("end_offset", partition.getEndOffset());
      json.put("leader_end_offset", known(partition.getLeaderEndOffset()));
      json.put("window_start_offset", partition.getWindowStartOffset());
      json.put("window_bytes", partition.getWindowBytes());
      json.put("readers", partition.getReaders());
      json.put("lag", partition.getLag());
      partitions.add(json);
    }
    return details("edge", edge(one), partitions, hot(hotOf(one)));
  }

  /** A dispatcher with its partitions. */
  Map<String, Object> dispatcherDetails(KnownProcess one) {
    List<Map<String, Object>> partitions = new ArrayList<>();
    for (SourcePartitionReport partition : one.report().getDispatcher().getPartitionsList()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("topic", partition.getTopic());
      json.put("partition", partition.getPartition());
      json.put("committed_offset", known(partition.getCommittedOffset()));
      json.put("leader_end_offset", known(partition.getLeaderEndOffset()));
      json.put("lag", lag(partition));
      json.put(
          "committed_at",
          partition.hasCommittedAt() ? Rates.instant(partition.getCommittedAt()).toString() : null);
      partitions.add(json);
    }
    return details("dispatcher", dispatcher(one), partitions, hot(hotOf(one)));
  }

  private static Map<String, Object> details(
      String role, Map<String, Object> process, Object partitions, Object hot) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(role, process);
    json.put("partitions", partitions);
    json.put("hot", hot);
    return json;
  }

  private static @Nullable Long known(long offset) {
    return offset == UNKNOWN ? null : offset;
  }

  private static List<HotAddress> hotOf(KnownProcess one) {
    ProcessReport report = one.report();
    return report.hasEdge() ? report.getEdge().getHotList() : report.getDispatcher().getHotList();
  }

  /** Those of several processes together. */
  private static List<Map<String, Object>> hot(List<HotAddress> all) {
    record Address(String lane, String name) {}
    Map<Address, Long> counts = new LinkedHashMap<>();
    all.forEach(
        one ->
            counts.merge(new Address(one.getLane(), one.getAddress()), one.getCount(), Long::sum));
    List<Map<String, Object>> most = new ArrayList<>();
    counts.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Address, Long> one) -> -one.getValue()))
        .limit(HotAddresses.MOST_TOLD)
        .forEach(
            one -> {
              Map<String, Object> json = new LinkedHashMap<>();
              json.put("lane", one.getKey().lane());
              json.put("address", one.getKey().name());
              json.put("per_s", Rates.rounded(one.getValue() * 1_000.0 / HotAddresses.WINDOW_MS));
              most.add(json);
            });
    return most;
  }

  private Map<String, Long> sums(Function<EdgeReport, Map<String, Long>> counts) {
    Map<String, Long> sums = new TreeMap<>();
    for (KnownProcess edge : heard(edges)) {
      counts
          .apply(edge.report().getEdge())
          .forEach((word, count) -> sums.merge(word, count, Long::sum));
    }
    return sums;
  }

  private static long connections(ProcessReport report) {
    return report.getEdge().getConnectionsList().stream()
        .mapToLong(StandingConnections::getCount)
        .sum();
  }

  private static long deliveredEvents(ProcessReport report) {
    return report.getEdge().getDeliveredEvents();
  }

  private static long deliveredBytes(ProcessReport report) {
    return report.getEdge().getDeliveredBytes();
  }

  private static long tailRecords(ProcessReport report) {
    return report.getEdge().getTailRecords();
  }

  private static long published(ProcessReport report) {
    return report.getEdge().getPublishedEvents();
  }

  private static long gaps(ProcessReport report) {
    return Rates.sum(report.getEdge().getGapsByReasonMap());
  }

  private static long slow(ProcessReport report) {
    return Rates.sum(report.getEdge().getSlowByPolicyMap());
  }

  private static long recordsRead(ProcessReport report) {
    return report.getDispatcher().getRecordsRead();
  }

  private static long deadLetters(ProcessReport report) {
    return Rates.sum(report.getDispatcher().getDeadLettersByReasonMap());
  }

  private static long deliveryLag(ProcessReport report) {
    return report.getEdge().getPartitionsList().stream().mapToLong(FollowedPartition::getLag).sum();
  }

  private static long ingressLag(ProcessReport report) {
    long sum = 0;
    for (SourcePartitionReport partition : report.getDispatcher().getPartitionsList()) {
      Long lag = lag(partition);
      sum += lag == null ? 0 : lag;
    }
    return sum;
  }

  private static @Nullable Long lag(SourcePartitionReport partition) {
    return partition.getCommittedOffset() == UNKNOWN || partition.getLeaderEndOffset() == UNKNOWN
        ? null
        : Math.max(0, partition.getLeaderEndOffset() - partition.getCommittedOffset());
  }
}
