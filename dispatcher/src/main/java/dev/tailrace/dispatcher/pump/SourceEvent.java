package dev.tailrace.dispatcher.pump;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One ingress record between the poll that read it and the acknowledgement of the last copy.
 *
 * <p>Threading: dispatcher-pump-N, but {@link #settle} also runs on the producer's I/O thread.
 */
final class SourceEvent {
  private final long offset;
  private final long recordMs;
  private final long pollMs;

  /** Copies under way, and one for the pump until it has sent the last. */
  private final AtomicInteger open = new AtomicInteger(1);

  private @Nullable RouteTrace trace;
  private boolean begun;
  private boolean givenUp;

  /**
   * One that was just read.
   *
   * @param recordMs its record's time, as its producer or broker gave it
   */
  SourceEvent(long offset, long recordMs, long pollMs) {
    this.offset = offset;
    this.recordMs = recordMs;
    this.pollMs = pollMs;
  }

  /** Set before its first copy is sent. */
  void trace(@Nullable RouteTrace begun) {
    trace = begun;
  }

  /** Null when it is not traced. */
  @Nullable RouteTrace trace() {
    return trace;
  }

  long offset() {
    return offset;
  }

  /** When its producer says that it was sent. */
  long recordMs() {
    return recordMs;
  }

  /** The time its copies carry: never later than when it was read. */
  long pollMs() {
    return pollMs;
  }

  void copySent() {
    begun = true;
    open.incrementAndGet();
  }

  /** A copy was acknowledged, or the pump has sent the last one; true when nothing is left open. */
  boolean settle() {
    return open.decrementAndGet() == 0;
  }

  boolean isAcknowledged() {
    return open.get() == 0;
  }

  /** Whether any copy has been sent. */
  boolean isBegun() {
    return begun;
  }

  /** The pump sends no more copies: it stays unacknowledged for good. */
  void giveUp() {
    givenUp = true;
  }

  /** Whether an acknowledgement, or a copy that the pump has yet to send, is waited for. */
  boolean isUnderWay() {
    return open.get() > (givenUp ? 1 : 0);
  }
}
