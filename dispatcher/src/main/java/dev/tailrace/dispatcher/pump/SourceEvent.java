package dev.tailrace.dispatcher.pump;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One ingress record between the poll that read it and the acknowledgement of the last copy.
 *
 * <p>Threading: made and sent by dispatcher-pump-N; acknowledged from the producer's I/O thread.
 */
final class SourceEvent {
  private final long offset;
  private final long pollMs;

  /** Copies under way, and one for the pump until it has sent the last. */
  private final AtomicInteger open = new AtomicInteger(1);

  SourceEvent(long offset, long pollMs) {
    this.offset = offset;
    this.pollMs = pollMs;
  }

  long offset() {
    return offset;
  }

  /** The time its copies carry: never later than when it was read. */
  long pollMs() {
    return pollMs;
  }

  void copySent() {
    open.incrementAndGet();
  }

  /** A copy was acknowledged, or the pump has sent the last one; true when nothing is left open. */
  boolean settle() {
    return open.decrementAndGet() == 0;
  }

  boolean isAcknowledged() {
    return open.get() == 0;
  }
}
