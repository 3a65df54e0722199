package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

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
  private final Timer lateWrites;
  private final Map<String, Counter> encodings = new ConcurrentHashMap<>();
  private final Map<String, Counter> gaps = new ConcurrentHashMap<>();
  private final Map<String, Counter> resumes = new ConcurrentHashMap<>();
  private final Map<String, Counter> slow = new ConcurrentHashMap<>();

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
    this.lateWrites =
        Timer.builder(MeterNames.LATE_WRITES)
            .description("Writes that a client's socket had no room for, until they ended")
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10))
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

  /** A slow subscriber was dealt with by this policy of the closed list. */
  public void slow(String policy) {
    slowOf(policy).increment();
  }

  /** This policy is shown before anybody was dealt with by it, for the same reason. */
  public void expectSlow(String policy) {
    slowOf(policy);
  }

  private Counter slowOf(String policy) {
    return slow.computeIfAbsent(
        policy,
        word ->
            Counter.builder(MeterNames.SLOW_POLICY)
                .description("Times a live reader fell out of its partition's window")
                .tag(MeterNames.POLICY, word)
                .register(registry));
  }

  /** A write that did not end within its turn has ended, so long after it. */
  public void wroteLate(Duration after) {
    lateWrites.record(after);
  }

  /** Shows how far behind a lane the last of its readers is, as this tells when it is asked. */
  public void showLag(String lane, Supplier<Number> records) {
    Gauge.builder(MeterNames.LAG, records)
        .description("Records from the position furthest behind to its partition's end")
        .tag(MeterNames.LANE, lane)
        .register(registry);
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
    gapsOf(reason).increment();
  }

  /**
   * This reason is shown before there is a gap of it: a series that begins with its first count has
   * no rise that an alarm could see.
   */
  public void expectGap(String reason) {
    gapsOf(reason);
  }

  /**
   * A position has gone on from its cursor.
   *
   * @param outcome {@code whole}, or the reason of the gap, of the closed list
   */
  public void resumed(String outcome) {
    resumesOf(outcome).increment();
  }

  /** This outcome is shown before there is one, for the same reason. */
  public void expectResumed(String outcome) {
    resumesOf(outcome);
  }

  private Counter resumesOf(String outcome) {
    return resumes.computeIfAbsent(
        outcome,
        word ->
            Counter.builder(MeterNames.RESUMES)
                .description("Positions that went on from a cursor until they were live")
                .tag(MeterNames.OUTCOME, word)
                .register(registry));
  }

  private Counter gapsOf(String reason) {
    return gaps.computeIfAbsent(
        reason,
        word ->
            Counter.builder(MeterNames.GAPS)
                .description("Gaps told to clients")
                .tag(MeterNames.REASON, word)
                .register(registry));
  }

  long eventCount() {
    return (long) events.count();
  }

  long byteCount() {
    return (long) bytes.count();
  }

  Map<String, Long> gapCounts() {
    return counts(gaps);
  }

  Map<String, Long> slowCounts() {
    return counts(slow);
  }

  private static Map<String, Long> counts(Map<String, Counter> counters) {
    Map<String, Long> now = new TreeMap<>();
    counters.forEach(
        (word, counter) -> {
          if (counter.count() > 0) {
            now.put(word, (long) counter.count());
          }
        });
    return now;
  }
}
