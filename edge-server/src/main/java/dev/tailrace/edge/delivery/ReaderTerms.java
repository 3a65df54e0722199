package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.SlowPolicy;

/**
 * What holds for a reader that is not simply given everything at once: the policy for when it is
 * slow, and the interval that its client asked for.
 *
 * <p>Threading: the connection's delivery agent.
 */
final class ReaderTerms {
  private final SlowPolicy policy;
  private final long intervalMs;
  private long dueAtMs;
  private boolean lagging;

  private ReaderTerms(SlowPolicy policy, long intervalMs, long dueAtMs) {
    this.policy = policy;
    this.intervalMs = intervalMs;
    this.dueAtMs = dueAtMs;
  }

  /** Those of a reader that gets everything at once while it is not slow. */
  static ReaderTerms of(SlowPolicy policy) {
    return new ReaderTerms(policy, 0, Long.MIN_VALUE);
  }

  /**
   * Those of a reader that gets the newest of each key, once in an interval. It may have to wait
   * until the window has left it behind, so it is never taken for slow.
   *
   * @param dueAtMs when it may first be given something; monotonic milliseconds
   */
  static ReaderTerms paced(long intervalMs, long dueAtMs) {
    return new ReaderTerms(SlowPolicy.CONFLATE, intervalMs, dueAtMs);
  }

  /** The same, as they are now, for another. */
  ReaderTerms copy() {
    ReaderTerms same = new ReaderTerms(policy, intervalMs, dueAtMs);
    same.lagging = lagging;
    return same;
  }

  /** Whether its client has asked for an interval. */
  boolean isPaced() {
    return intervalMs > 0;
  }

  /** When it may be given the next; monotonic milliseconds. */
  long dueAtMs() {
    return dueAtMs;
  }

  /** It was given all there was. */
  void delivered(long nowMs) {
    if (intervalMs > 0) {
      dueAtMs = nowMs + intervalMs;
    }
  }

  /** What becomes of it when the window leaves it behind. */
  SlowPolicy policy() {
    return policy;
  }

  /** The window has left it behind. */
  void fallBehind() {
    lagging = true;
  }

  /** It is at the end of the log again. */
  void caughtUp() {
    lagging = false;
  }

  /** Whether it gets the newest of each key only. */
  boolean isConflating() {
    return intervalMs > 0 || (lagging && policy == SlowPolicy.CONFLATE);
  }
}
