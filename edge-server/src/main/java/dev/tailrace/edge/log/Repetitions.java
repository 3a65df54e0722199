package dev.tailrace.edge.log;

import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The offsets of a partition at which its tail found nothing but a repetition, of late: they are
 * few. Whoever reads there again need not fold the minute before to know them.
 *
 * <p>Threading: the tail adds; any thread asks.
 */
final class Repetitions {
  static final int MAX_OFFSETS = 4_096;

  private final ConcurrentSkipListSet<Long> offsets = new ConcurrentSkipListSet<>();
  private volatile long knownFrom;
  private int count;

  /** Knows all from an offset on. */
  Repetitions(long from) {
    this.knownFrom = from;
  }

  void add(long offset) {
    offsets.add(offset);
    count++;
    if (count > MAX_OFFSETS) {
      knownFrom = offsets.first() + 1; // before it is forgotten
      offsets.pollFirst();
      count--;
    }
  }

  boolean contains(long offset) {
    return offsets.contains(offset);
  }

  /** The first offset of which it can be asked. */
  long knownFrom() {
    return knownFrom;
  }
}
