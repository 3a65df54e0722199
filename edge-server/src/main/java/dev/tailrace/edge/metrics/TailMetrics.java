package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the tails read. A wasted record is one that nobody here follows: the price of sharing
 * partitions.
 *
 * <p>Threading: any thread.
 */
public final class TailMetrics {
  private final Counter records;
  private final Counter bytes;
  private final Counter wasted;
  private final Counter duplicates;
  private final LongAdder partitions = new LongAdder();

  TailMetrics(MeterRegistry registry) {
    this.records =
        Counter.builder(MeterNames.TAIL_RECORDS)
            .description("Lane records read")
            .register(registry);
    this.bytes =
        Counter.builder(MeterNames.TAIL_BYTES)
            .description("Bytes of lane records read")
            .baseUnit("bytes")
            .register(registry);
    this.wasted =
        Counter.builder(MeterNames.TAIL_WASTED)
            .description("Lane records read that no connection here follows")
            .register(registry);
    this.duplicates =
        Counter.builder(MeterNames.TAIL_DUPLICATES)
            .description("Lane records that the fold dropped")
            .register(registry);
    Gauge.builder(MeterNames.TAIL_PARTITIONS, partitions, LongAdder::sum)
        .description("Lane partitions followed")
        .strongReference(true)
        .register(registry);
    Gauge.builder(MeterNames.WASTED_RATIO, this, TailMetrics::wastedRatio)
        .description("Wasted records over records read, since the start")
        .strongReference(true)
        .register(registry);
  }

  /** Records of one poll. */
  public void read(int recordCount, long byteCount) {
    records.increment(recordCount);
    bytes.increment((double) byteCount);
  }

  /** Records that nobody here follows. */
  public void wasted(int recordCount) {
    wasted.increment(recordCount);
  }

  /** Records that the fold dropped. */
  public void duplicate(int recordCount) {
    duplicates.increment(recordCount);
  }

  /** A partition is followed now. */
  public void followed() {
    partitions.increment();
  }

  /** A partition is no longer followed. */
  public void unfollowed() {
    partitions.decrement();
  }

  long recordCount() {
    return (long) records.count();
  }

  private double wastedRatio() {
    double all = records.count();
    return all == 0 ? 0 : wasted.count() / all;
  }
}
