package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.EdgeClock;
import java.time.Instant;

/** Stands still. */
public final class StoppedClock implements EdgeClock {
  /** One that stands at a second. */
  public StoppedClock() {}

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(1_000);
  }

  @Override
  public long millis() {
    return 1_000;
  }

  @Override
  public long monotonicMs() {
    return 1_000;
  }
}
