package dev.tailrace.edge.connection;

import dev.tailrace.edge.agent.EdgeClock;

/** Makes the admissions of tests. */
public final class Admissions {
  private Admissions() {}

  /** Of so many connections, whosever they are. */
  public static ConnectionAdmission of(int max) {
    return new ConnectionAdmission(
        max,
        new ConnectionLimits(0, 0, 0),
        address -> false,
        EdgeClock.SYSTEM,
        (kind, limit) -> {});
  }
}
