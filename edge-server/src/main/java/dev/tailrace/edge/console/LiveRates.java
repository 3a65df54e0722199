package dev.tailrace.edge.console;

import dev.tailrace.edge.metrics.MetricsSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the live feed says: counts per second between two moments.
 *
 * <p>Threading: stateless.
 */
final class LiveRates {
  private LiveRates() {}

  static Map<String, Object> between(
      MetricsSnapshot before, Instant then, MetricsSnapshot after, Instant now) {
    double seconds = Math.max(1, Duration.between(then, now).toMillis()) / 1_000.0;
    Map<String, Object> rates = new LinkedHashMap<>();
    rates.put("at", now.toString());
    rates.put("connections", after.connections());
    rates.put("deliveries_per_s", rate(before.deliveredEvents(), after.deliveredEvents(), seconds));
    rates.put("bytes_per_s", rate(before.deliveredBytes(), after.deliveredBytes(), seconds));
    rates.put("records_per_s", rate(before.tailRecords(), after.tailRecords(), seconds));
    rates.put("published_per_s", rate(before.publishedEvents(), after.publishedEvents(), seconds));
    rates.put("gaps_per_s", rate(before.gaps(), after.gaps(), seconds));
    return rates;
  }

  private static long rate(long before, long after, double seconds) {
    return Math.round((after - before) / seconds);
  }
}
