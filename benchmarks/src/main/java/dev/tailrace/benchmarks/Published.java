package dev.tailrace.benchmarks;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many events each address has had: what every connection is held against.
 *
 * <p>Threading: written by the publishing thread, read by all.
 */
final class Published {
  private final AtomicLongArray counts;

  Published(int addresses) {
    counts = new AtomicLongArray(addresses);
  }

  /** Counts an event; returns its sequence within the address. */
  long next(int address) {
    return counts.getAndIncrement(address);
  }

  long of(int address) {
    return counts.get(address);
  }
}
