package dev.tailrace.edge.metrics;

import java.util.Map;

/**
 * The counts that the live feed shows, as they stand at one moment.
 *
 * <p>Threading: immutable.
 *
 * @param connections held now, by transport
 * @param deliveredEvents since the start, as are the others
 */
public record MetricsSnapshot(
    Map<String, Long> connections,
    long deliveredEvents,
    long deliveredBytes,
    long tailRecords,
    long publishedEvents,
    long gaps) {}
