package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts what catch-up costs: what it reads from Kafka, and what its clients get of that.
 *
 * <p>Threading: any thread.
 */
public final class CatchUpMetrics {
  private final Counter laps;
  private final Counter scanned;
  private final Counter given;

  CatchUpMetrics(MeterRegistry registry) {
    this.laps =
        Counter.builder(MeterNames.CATCHUP_LAPS)
            .description("Scans of a lane partition begun for clients that lack what memory holds")
            .register(registry);
    this.scanned =
        Counter.builder(MeterNames.CATCHUP_SCANNED)
            .description("Bytes of lane records that these scans read from Kafka")
            .baseUnit("bytes")
            .register(registry);
    this.given =
        Counter.builder(MeterNames.CATCHUP_GIVEN)
            .description("Bytes of lane records that these scans found, once for each client")
            .baseUnit("bytes")
            .register(registry);
  }

  /** A scan has begun. */
  public void lap() {
    laps.increment();
  }

  /** So many bytes of records were read. */
  public void scanned(long bytes) {
    scanned.increment((double) bytes);
  }

  /** A client was given so many bytes of records. */
  public void given(long bytes) {
    given.increment((double) bytes);
  }
}
