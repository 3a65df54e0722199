package dev.tailrace.client;

import java.util.Random;

/**
 * How long to wait before another try: twice as long after each, and never the same for all.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Backoff {
  private static final long MOST_MS = 30_000;

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

  /** After what the server said: so long, and up to a quarter more. */
  long saidMs(long ms) {
    return ms + (long) (random.nextDouble() * ms / 4);
  }

  /** It went well. */
  void reset() {
    tries = 0;
  }
}
