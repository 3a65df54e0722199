package dev.tailrace.edge.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * How long events are under way from a lane to a client's socket, as a histogram with bounds that
 * are the same in every edge, so that those of a fleet can be added up. An observation is an
 * addition in an array: Micrometer's timers read a clock for each, and keep a maximum that nobody
 * asks for.
 *
 * <p>Threading: any thread. Who reads while others count may find the sum a little ahead.
 */
public final class DeliveryLatency implements Collector {
  private static final long[] BOUNDS_MS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000
  };

  private static final String NAME = MeterNames.DELIVERY_LATENCY.replace('.', '_') + "_seconds";
  private static final String HELP =
      "From a lane record's own time to the write that gave it to a client that is live; of each"
          + " write the oldest";

  private final LongAdder[] counts = new LongAdder[BOUNDS_MS.length + 1];
  private final LongAdder sumMs = new LongAdder();

  DeliveryLatency(PrometheusRegistry registry) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
    registry.register(this);
  }

  /** A write gave a live client what had been under way for so long. */
  public void delivered(long afterMs) {
    int bucket = 0;
    while (bucket < BOUNDS_MS.length && afterMs > BOUNDS_MS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumMs.add(afterMs);
  }

  /** The upper bounds of the buckets, which they include; there is one more without an end. */
  public static double[] boundsMs() {
    return LongStream.of(BOUNDS_MS).asDoubleStream().toArray();
  }

  /** How many there were in each bucket, one more than there are bounds. */
  public long[] counts() {
    long[] now = new long[counts.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = counts[i].sum();
    }
    return now;
  }

  /** The sum of all, in milliseconds. */
  public double sumMs() {
    return sumMs.sum();
  }

  @Override
  public MetricSnapshot collect() {
    double[] bounds =
        DoubleStream.concat(
                DoubleStream.of(boundsMs()).map(ms -> ms / 1_000),
                DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();
    return new HistogramSnapshot(
        new MetricMetadata(NAME, HELP, Unit.SECONDS),
        List.of(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts()))
                .sum(sumMs() / 1_000)
                .build()));
  }
}
