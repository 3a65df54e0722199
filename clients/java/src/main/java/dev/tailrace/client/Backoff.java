package dev.tailrace.client;

import java.util.Random;

/**
 * How long to wait before another try: twice as long after each, and never the same for all.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Backoff {
  private static final long MOST_MS = 30_000;
  private static final long MOST_SAID_MS = 300_000;

  private final Random random;
  private final long firstMs;
  private int tries;

  Backoff(Random random, long firstMs) {
    this.random = random;
    this.firstMs = firstMs;
  }

  /** After one more try that failed: 50-100 % of the time that is due. */
  long nextMs() {
    long dueMs = Math.min(MOST_MS, firstMs << Math.min(tries++, 20));
    return dueMs / 2 + (long) (random.nextDouble() * dueMs / 2);
  }

  /** After what the server said: so long, five minutes at most, and up to a quarter more. */
  long saidMs(long ms) {
    long dueMs = capped(ms);
    return dueMs + (long) (random.nextDouble() * dueMs / 4);
  }

  /** What the server said, or something before it: nobody stays away for longer than this. */
  static long capped(long saidMs) {
    return Math.min(saidMs, MOST_SAID_MS);
  }

  /** It went well. */
  void reset() {
    tries = 0;
  }
}
