package dev.tailrace.edge.transport;

import java.util.random.RandomGenerator;

/**
 * How long clients are told to wait before they come back: spread, so that they do not come at
 * once.
 *
 * <p>Threading: as its random generator.
 */
public record RetryDelay(long minMs, long maxMs, RandomGenerator random) {
  /** A delay between the bounds, milliseconds. */
  public long nextMs() {
    return random.nextLong(minMs, maxMs + 1);
  }
}
