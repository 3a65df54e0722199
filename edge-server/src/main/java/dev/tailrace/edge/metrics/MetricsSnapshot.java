package dev.tailrace.edge.metrics;

import java.util.Map;

/**
 * Counts since the start.
 *
 * @param deliveredEvents written to connections
 * @param deliveredBytes written to connections with those events
 * @param tailRecords lane records read
 * @param publishedEvents that Kafka acknowledged
 * @param gaps told to clients, by reason
 * @param slow times a live reader fell out of its window, by the policy applied
 * @param closed connections that ended, by reason
 */
public record MetricsSnapshot(
    long deliveredEvents,
    long deliveredBytes,
    long tailRecords,
    long publishedEvents,
    Map<String, Long> gaps,
    Map<String, Long> slow,
    Map<String, Long> closed) {}
