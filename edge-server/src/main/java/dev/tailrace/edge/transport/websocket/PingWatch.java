package dev.tailrace.edge.transport.websocket;

import java.time.Duration;

/**
 * Whether a client still answers pings. A client that does not is gone, which TCP would find out in
 * a quarter of an hour.
 *
 * <p>It counts the time between pings, each stretch of it up to half the timeout: an edge that
 * stood still - its machine moved or suspended - finds that much time gone at once, with the
 * answers of all its clients yet to be read.
 *
 * <p>Threading: pings are sent by one thread at a time; what is heard comes from any.
 */
final class PingWatch {
  /** Twelve days: longer timeouts are as good as none. */
  private static final long LONGEST_MS = 1L << 30;

  private final int timeoutMs;
  private volatile boolean heard = true;
  private long silentMs;
  private long pingedAtMs;

  /** A client may leave pings unanswered for this long; twice the time between two, or more. */
  PingWatch(Duration timeout) {
    this.timeoutMs = (int) Math.min(timeout.toMillis(), LONGEST_MS);
  }

  /** Something came from the client, or it could not be heard or answer in the meantime. */
  void heard() {
    if (!heard) {
      heard = true;
    }
  }

  /**
   * A ping is about to go out.
   *
   * @param nowMs milliseconds of a clock that is not set
   * @return whether those before it were left unanswered for too long
   */
  boolean ping(long nowMs) {
    long stretch = nowMs - pingedAtMs;
    pingedAtMs = nowMs;
    if (heard) {
      heard = false;
      silentMs = 0;
      return false;
    }
    silentMs += Math.min(stretch, timeoutMs / 2);
    return silentMs > timeoutMs && stretch <= timeoutMs * 3L / 4;
  }
}
