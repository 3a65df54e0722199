package dev.tailrace.edge.agent;

import java.time.Duration;
import java.time.Instant;

/** A clock that stands until it is advanced. */
public final class ManualClock implements EdgeClock {
  private Instant now = Instant.ofEpochSecond(1_700_000_000);
  private long monotonicMs = 5_000;

  /** Lets time pass, on both clocks. */
  public void advance(Duration duration) {
    now = now.plus(duration);
    monotonicMs += duration.toMillis();
  }

  /** The wall clock is set: forward, or back by a negative duration. No time passes. */
  public void step(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public long monotonicMs() {
    return monotonicMs;
  }
}
