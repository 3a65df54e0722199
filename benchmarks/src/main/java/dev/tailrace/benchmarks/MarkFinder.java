package dev.tailrace.benchmarks;

/**
 * Finds a byte sequence in a stream, byte by byte, however it is cut into reads (Knuth, Morris,
 * Pratt).
 *
 * <p>Threading: one thread's.
 */
public final class MarkFinder {
  private final byte[] mark;
  private final int[] fallbacks;
  private int matched;

  /** Of this mark, of a byte or more. */
  public MarkFinder(byte[] mark) {
    this(mark, fallbacks(mark));
  }

  /** With a table that others use as well. */
  MarkFinder(byte[] mark, int[] fallbacks) {
    this.mark = mark;
    this.fallbacks = fallbacks;
  }

  /** For each number of matched bytes, how many of them are also a beginning of the mark. */
  static int[] fallbacks(byte[] mark) {
    int[] table = new int[mark.length];
    int matched = 0;
    for (int i = 1; i < mark.length; i++) {
      while (matched > 0 && mark[i] != mark[matched]) {
        matched = table[matched - 1];
      }
      if (mark[i] == mark[matched]) {
        matched++;
      }
      table[i] = matched;
    }
    return table;
  }

  /** Takes one byte; true when it is the last one of the mark. */
  public boolean isEndedBy(byte next) {
    while (matched > 0 && next != mark[matched]) {
      matched = fallbacks[matched - 1];
    }
    if (next == mark[matched]) {
      matched++;
    }
    if (matched == mark.length) {
      matched = 0;
      return true;
    }
    return false;
  }

  /** Whether the last bytes may become a mark. */
  boolean isWithin() {
    return matched > 0;
  }
}
