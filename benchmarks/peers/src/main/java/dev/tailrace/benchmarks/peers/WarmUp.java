package dev.tailrace.benchmarks.peers;

import java.util.function.IntUnaryOperator;

/**
 * Measurements that do not count, until a JVM is warm: what it has compiled for a low rate is not
 * what runs under the highest.
 *
 * <p>Threading: stateless.
 */
final class WarmUp {
  /** A JVM is warmer when it is found to do more than this times the most before. */
  private static final double WARMER = 1.1;

  /** So often in a row it is found to do no more: something else may have spoiled one. */
  private static final int IN_A_ROW = 2;

  private static final int MOST = 8;

  private WarmUp() {}

  /**
   * Measures until twice in a row hardly more is found than the most before, eight times at most.
   *
   * @param measurement takes the most found before it, 0 at first
   * @return the most that was found
   */
  static int untilHardlyMore(IntUnaryOperator measurement) {
    int most = 0;
    int inARow = 0;
    for (int i = 0; i < MOST && inARow < IN_A_ROW; i++) {
      int found = measurement.applyAsInt(most);
      inARow = found > most * WARMER ? 0 : inARow + 1;
      most = Math.max(most, found);
    }
    return most;
  }
}
