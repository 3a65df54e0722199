package dev.tailrace.edge.tail;

import dev.tailrace.edge.log.TraceMark;
import dev.tailrace.support.tracing.TraceParent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane records whose trace a dispatcher keeps.
 *
 * <p>Threading: the tail's.
 */
final class TraceMarks {
  private final InstantSource clock;

  TraceMarks(InstantSource clock) {
    this.clock = clock;
  }

  /** The mark for a record that was just read; null for most. */
  @Nullable TraceMark of(Headers headers) {
    byte[] parent = value(headers, TraceParent.HEADER);
    if (parent == null || TraceParent.read(parent) != TraceParent.Says.SAMPLED) {
      return null;
    }
    Instant now = clock.instant();
    return new TraceMark(
        parent,
        value(headers, TraceParent.STATE_HEADER),
        TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
  }

  private static byte @Nullable [] value(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null ? null : header.value();
  }
}
