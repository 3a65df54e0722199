package dev.tailrace.benchmarks;

import java.util.function.IntPredicate;

/**
 * Finds the highest rate that is good: from nowhere, it doubles until one is not, then halves what
 * lies between; from an earlier result, it goes up or down in small steps.
 *
 * <p>Threading: the caller's.
 */
public final class RateSearch {
  /** The two rates are this close in the end. */
  private static final double CLOSE_ENOUGH = 1.1;

  /** Where a search from an earlier result begins, and how it goes on. */
  private static final double BELOW_EARLIER = 0.8;

  private static final double STEP = 1.15;
  private static final int MOST_STEPS = 8;

  private static final int HIGHEST_RATE = 1 << 28;

  private RateSearch() {}

  /**
   * Returns the highest good rate.
   *
   * @param start the first rate to try, 1 or more
   * @return the highest rate that was found good; 0 if not even 1 was
   */
  public static int highest(int start, IntPredicate isGood) {
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

  /**
   * Returns the highest good rate near an earlier one, in few tries.
   *
   * @param earlier what an earlier search found, 1 or more
   * @return the last good rate before one that was not, or after some that were not; 0 if none was
   */
  public static int near(int earlier, IntPredicate isGood) {
    int good = 0;
    int bad = 0;
    int rate = Math.max(1, (int) Math.round(earlier * BELOW_EARLIER));
    for (int tries = 0; tries < MOST_STEPS && rate >= 1 && (good == 0 || bad == 0); tries++) {
      if (isGood.test(rate)) {
        good = rate;
        rate = Math.max(rate + 1, (int) Math.round(rate * STEP));
      } else {
        bad = rate;
        rate = Math.min(rate - 1, (int) Math.round(rate / STEP));
      }
    }
    return good;
  }
}
