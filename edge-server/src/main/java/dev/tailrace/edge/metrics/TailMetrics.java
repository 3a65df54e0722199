package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the tails read. A new record is wanted when somebody here follows it, else wasted:
 * the price of sharing partitions.
 *
 * <p>Threading: any thread.
 */
public final class TailMetrics {
  private final Counter records;
  private final Counter bytes;
  private final Counter wanted;
  private final Counter duplicates;
  private final Counter unreadable;
  private final LongAdder kept = new LongAdder();
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
    this.wanted =
        Counter.builder(MeterNames.TAIL_WANTED)
            .description("Lane records read that a connection here follows")
            .register(registry);
    this.duplicates =
        Counter.builder(MeterNames.TAIL_DUPLICATES)
            .description("Lane records that the fold dropped")
            .register(registry);
    this.unreadable =
        Counter.builder(MeterNames.TAIL_UNREADABLE)
            .description("Lane records that could not be read, or were no deliveries")
            .register(registry);
    Gauge.builder(MeterNames.TAIL_PARTITIONS, partitions, LongAdder::sum)
        .description("Lane partitions followed")
        .strongReference(true)
        .register(registry);
    Gauge.builder(MeterNames.WASTED_RATIO, this, TailMetrics::wastedRatio)
        .description("New records that nobody here follows over all new records, since the start")
        .strongReference(true)
        .register(registry);
  }

  /** Records of one poll: how many of them were new, and how many the fold dropped. */
  public void read(int recordCount, int newCount, int duplicateCount, long byteCount) {
    records.increment(recordCount);
    kept.add(newCount);
    duplicates.increment(duplicateCount);
    bytes.increment((double) byteCount);
  }

  /** Records whose content is lost. */
  public void unreadable(int recordCount) {
    unreadable.increment(recordCount);
  }

  /** New records that somebody here follows. */
  public void wanted(int recordCount) {
    wanted.increment(recordCount);
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
    double all = kept.sum();
    return all == 0 ? 0 : 1 - wanted.count() / all;
  }
}
