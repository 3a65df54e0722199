package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadConnection.State;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to be closed and opened again.
 *
 * <p>Threading: the load client's thread.
 */
final class Churn {
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private boolean running;
  private long dueNs;
  private int nextNumber;

  /**
   * @param perSecond 0 for never
   */
  Churn(int perSecond) {
    this.perSecond = perSecond;
  }

  void start(long nowNs) {
    running = perSecond > 0;
    dueNs = nowNs;
  }

  void stop() {
    running = false;
  }

  /** The next one that is due by now; null when none is, or none can be closed. */
  @Nullable LoadConnection next(long nowNs, @Nullable LoadConnection[] connections) {
    if (!running || nowNs < dueNs) {
      return null;
    }
    dueNs += SECOND_NS / perSecond;
    for (int tried = 0; tried < connections.length; tried++) {
      LoadConnection connection = connections[nextNumber];
      nextNumber = (nextNumber + 1) % connections.length;
      if (connection != null && !connection.slow && connection.state == State.READY) {
        return connection;
      }
    }
    return null;
  }
}
