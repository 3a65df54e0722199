package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadConnection.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which of the slow connections read now: a tenth of them at a time, so that each does once a
 * second.
 *
 * <p>Threading: the load client's thread.
 */
final class SlowTurns {
  private static final int PER_SECOND = 10;
  private static final long TURN_NS = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

  private long dueNs;
  private int turn;

  /** Those that are to read now; mostly none. */
  List<LoadConnection> next(long nowNs, @Nullable LoadConnection[] connections) {
    if (nowNs < dueNs) {
      return List.of();
    }
    dueNs = nowNs + TURN_NS;
    turn = (turn + 1) % PER_SECOND;
    List<LoadConnection> reading = new ArrayList<>();
    int nth = 0;
    for (LoadConnection connection : connections) {
      if (connection != null
          && connection.slow
          && nth++ % PER_SECOND == turn
          && connection.state == State.READY) {
        reading.add(connection);
      }
    }
    return reading;
  }
}
