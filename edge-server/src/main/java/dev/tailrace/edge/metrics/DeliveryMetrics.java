package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what reaches clients. Called once per write or encoding, not once per event delivered.
 *
 * <p>Threading: any thread.
 */
public final class DeliveryMetrics {
  private final MeterRegistry registry;
  private final Counter events;
  private final Counter bytes;
  private final DistributionSummary writes;
  private final Map<String, Counter> encodings = new ConcurrentHashMap<>();
  private final Map<String, Counter> gaps = new ConcurrentHashMap<>();

  DeliveryMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.events =
        Counter.builder(MeterNames.DELIVERED_EVENTS)
            .description("Events written to connections")
            .register(registry);
    this.bytes =
        Counter.builder(MeterNames.DELIVERED_BYTES)
            .description("Bytes written to connections")
            .baseUnit("bytes")
            .register(registry);
    this.writes =
        DistributionSummary.builder(MeterNames.WRITE_EVENTS)
            .description("Events that one write to a connection carried")
            .serviceLevelObjectives(1, 2, 5, 10, 25, 50, 100, 250, 1_000)
            .register(registry);
  }

  /** Events that were written, and their bytes on the wire. */
  public void delivered(int eventCount, long byteCount) {
    events.increment(eventCount);
    bytes.increment((double) byteCount);
  }

  /** How many events one write carried. */
  public void wrote(int eventCount) {
    writes.record(eventCount);
  }

  /** An event has got its bytes in this form of the closed list. */
  public void encoded(String encoding) {
    encodings
        .computeIfAbsent(
            encoding,
            word ->
                Counter.builder(MeterNames.ENCODINGS)
                    .description("Encodings made of events, at most one each of every form")
                    .tag(MeterNames.ENCODING, word)
                    .register(registry))
        .increment();
  }

  /** A client was told of a gap, with this reason of the closed list. */
  public void gap(String reason) {
    gaps.computeIfAbsent(
            reason,
            word ->
                Counter.builder(MeterNames.GAPS)
                    .description("Gaps told to clients")
                    .tag(MeterNames.REASON, word)
                    .register(registry))
        .increment();
  }

  long eventCount() {
    return (long) events.count();
  }

  long byteCount() {
    return (long) bytes.count();
  }

  long gapCount() {
    return (long) gaps.values().stream().mapToDouble(Counter::count).sum();
  }
}
