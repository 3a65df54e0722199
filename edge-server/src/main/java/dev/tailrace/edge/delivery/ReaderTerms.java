package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.SlowPolicy;

/**
 * What holds for a reader whose channels are not simply replayed: the policy for when it is slow,
 * and whether that is in force.
 *
 * <p>Threading: the connection's delivery agent.
 */
final class ReaderTerms {
  private final SlowPolicy policy;
  private boolean lagging;

  ReaderTerms(SlowPolicy policy) {
    this.policy = policy;
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
    return lagging && policy == SlowPolicy.CONFLATE;
  }
}
