package dev.tailrace.edge.tail;

import java.util.Arrays;

/**
 * Shares memory among partition logs. Each may be as large as it likes while there is room for all;
 * when there is not, the largest give way, down to a common size.
 *
 * <p>Threading: immutable.
 */
final class LogBudget {
  private final long totalBytes;

  /** So much for all of them. */
  LogBudget(long totalBytes) {
    this.totalBytes = totalBytes;
  }

  /** The size that no log may exceed, so that logs of these sizes fit. */
  long largest(long[] sizes) {
    long left = totalBytes;
    if (Arrays.stream(sizes).sum() <= left) {
      return Long.MAX_VALUE;
    }
    long[] ascending = sizes.clone();
    Arrays.sort(ascending);
    for (int i = 0; i < ascending.length; i++) {
      long share = left / (ascending.length - i);
      if (ascending[i] > share) {
        return share;
      }
      left -= ascending[i];
    }
    throw new IllegalStateException("they fit");
  }
}
