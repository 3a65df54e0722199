package dev.tailrace.edge.console;

import dev.tailrace.edge.metrics.DeliveryLatency;
import dev.tailrace.v1.Histogram;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Delivery latencies as counts per bucket, and what follows from them.
 *
 * <p>Threading: immutable.
 */
final class Latencies {
  /** No observation. */
  static final Latencies NONE = new Latencies(new long[DeliveryLatency.boundsMs().length + 1]);

  private static final List<Double> BOUNDS_MS =
      DoubleStream.of(DeliveryLatency.boundsMs()).boxed().collect(Collectors.toUnmodifiableList());

  private final long[] counts;

  private Latencies(long[] counts) {
    this.counts = counts;
  }

  /** Those of a report; null when it has other buckets, as another release may. */
  static @Nullable Latencies of(Histogram histogram) {
    return histogram.getBoundsMsList().equals(BOUNDS_MS)
            && histogram.getCountsCount() == BOUNDS_MS.size() + 1
        ? new Latencies(histogram.getCountsList().stream().mapToLong(count -> count).toArray())
        : null;
  }

  Latencies plus(Latencies other) {
    long[] sums = counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.counts[i];
    }
    return new Latencies(sums);
  }

  /** What has come since; nothing if these are not later. */
  Latencies since(Latencies before) {
    long[] more = counts.clone();
    for (int i = 0; i < more.length; i++) {
      more[i] -= before.counts[i];
      if (more[i] < 0) {
        return NONE;
      }
    }
    return new Latencies(more);
  }

  private long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** The percentiles that are shown, null when there is nothing. */
  Map<String, Object> percentiles() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("p50_ms", quantile(0.5));
    json.put("p99_ms", quantile(0.99));
    return json;
  }

  /** The whole histogram with its percentiles. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bounds_ms", BOUNDS_MS);
    json.put("counts", counts);
    json.putAll(percentiles());
    return json;
  }

  /**
   * By interpolation within a bucket; past the last bound it is that. Null without observations.
   */
  private @Nullable Double quantile(double share) {
    double rank = share * total();
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double lower = i == 0 ? 0 : BOUNDS_MS.get(i - 1);
        double upper = BOUNDS_MS.get(Math.min(i, BOUNDS_MS.size() - 1));
        return Rates.rounded(lower + (upper - lower) * (rank - below) / counts[i]);
      }
      below += counts[i];
    }
    return null;
  }
}
