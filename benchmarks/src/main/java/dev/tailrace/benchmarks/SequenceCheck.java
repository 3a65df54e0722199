package dev.tailrace.benchmarks;

/**
 * Checks that what one connection gets of its address is each event once and in order. An event
 * that comes late counts as lost until then, and as misordered after; one that comes more than 64
 * events late counts as a duplicate.
 *
 * <p>Threading: the load client's thread.
 */
final class SequenceCheck {
  /** Whatever comes first is right: the connection was made while events were under way. */
  static final long ANY = -1;

  private static final int WINDOW = Long.SIZE;

  private long next;
  // Bit i says whether next - 1 - i has come. Nothing before the first one is waited for.
  private long arrived = -1;

  /**
   * @param first the sequence to come first, or {@link #ANY}
   */
  SequenceCheck(long first) {
    next = first;
  }

  /** Takes an event's sequence; false when the event had come before. */
  boolean accept(long sequence, Tally tally) {
    if (next == ANY) {
      next = sequence;
    }
    long ahead = sequence - next;
    if (ahead < 0) {
      return acceptLate(-ahead - 1, tally);
    }
    tally.lost += ahead;
    arrived = ahead + 1 >= WINDOW ? 1 : arrived << (ahead + 1) | 1;
    next = sequence + 1;
    tally.delivered++;
    return true;
  }

  private boolean acceptLate(long age, Tally tally) {
    if (age >= WINDOW || (arrived >>> age & 1) == 1) {
      tally.duplicates++;
      return false;
    }
    arrived |= 1L << age;
    tally.lost--;
    tally.misordered++;
    tally.delivered++;
    return true;
  }

  /** How many of the address's events up to this one, excluded, have neither come nor been lost. */
  long outstanding(long end) {
    return next == ANY ? 0 : Math.max(0, end - next);
  }
}
