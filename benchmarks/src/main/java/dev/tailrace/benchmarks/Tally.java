package dev.tailrace.benchmarks;

/**
 * Counts of what arrived, and of what should have and did not.
 *
 * <p>Threading: the load client's thread; its copies anybody's.
 */
final class Tally {
  /** Events that arrived, each once per connection that was to get it. */
  long delivered;

  /** Events that a connection should have got and did not. */
  long lost;

  /** Events that a connection got again. */
  long duplicates;

  /** Events that came after a newer one. */
  long misordered;

  /** Events with a stamp of another run. */
  long foreign;

  /** Gaps that were told. */
  long gaps;

  void reset() {
    delivered = 0;
    lost = 0;
    duplicates = 0;
    misordered = 0;
    foreign = 0;
    gaps = 0;
  }

  Tally copy() {
    Tally copy = new Tally();
    copy.delivered = delivered;
    copy.lost = lost;
    copy.duplicates = duplicates;
    copy.misordered = misordered;
    copy.foreign = foreign;
    copy.gaps = gaps;
    return copy;
  }
}
