package dev.tailrace.benchmarks.peers;

import java.util.function.IntUnaryOperator;

/**
 * Measurements that do not count, until a JVM is warm: what it has compiled for a low rate is not
 * what runs under the highest.
 *
 * <p>Threading: stateless.
 */
final class WarmUp {
  /** A JVM is warm when it is found to do no more than this times what it did before. */
  private static final double WARMER = 1.3;

  private static final int MOST = 4;

  private WarmUp() {}

  /**
   * Measures until hardly more is found than the time before, four times at most.
   *
   * @param measurement takes what the one before found, 0 at first
   * @return what was found last
   */
  static int untilHardlyMore(IntUnaryOperator measurement) {
    int before;
    int found = 0;
    int measurements = 0;
    do {
      before = found;
      found = measurement.applyAsInt(before);
    } while (++measurements < MOST && found > before * WARMER);
    return found;
  }
}
