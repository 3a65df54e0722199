package dev.tailrace.benchmarks;

import java.util.function.IntPredicate;

/**
 * Finds the highest rate that is good: doubles until one is not, then halves what lies between.
 *
 * <p>Threading: the caller's.
 */
final class RateSearch {
  /** The two rates are this close in the end. */
  private static final double CLOSE_ENOUGH = 1.1;

  private static final int HIGHEST_RATE = 1 << 28;

  private RateSearch() {}

  /**
   * Returns the highest good rate.
   *
   * @param start the first rate to try, 1 or more
   * @return the highest rate that was found good; 0 if not even 1 was
   */
  static int highest(int start, IntPredicate isGood) {
    int good = 0;
    int bad = Integer.MAX_VALUE;
    int rate = start;
    while (rate >= 1 && rate <= HIGHEST_RATE) {
      if (isGood.test(rate)) {
        good = rate;
      } else {
        bad = rate;
      }
      if (good == 0) {
        rate = bad / 2;
      } else if (bad == Integer.MAX_VALUE) {
        rate = good * 2;
      } else if (bad <= Math.max(good * CLOSE_ENOUGH, good + 1)) {
        return good;
      } else {
        rate = good + (bad - good) / 2;
      }
    }
    return good;
  }
}
