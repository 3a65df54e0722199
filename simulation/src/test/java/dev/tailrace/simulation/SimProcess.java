package dev.tailrace.simulation;

import dev.tailrace.edge.agent.EdgeClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.BooleanSupplier;

/**
 * A process of the platform: it has clocks of its own, may be paused, cut off from Kafka, and
 * killed; then nothing that it had begun goes on.
 *
 * <p>Threading: one test thread.
 */
final class SimProcess implements EdgeClock {
  private static final int LONGEST_IDLE_MS = 500;

  private final World world;
  private final String name;
  private final long skewMs;
  private final long beganMs;
  private boolean alive = true;
  private long pausedUntilMs;
  private long cutUntilMs;
  private long activity;

  SimProcess(World world, String name, long skewMs) {
    this.world = world;
    this.name = name;
    this.skewMs = skewMs;
    this.beganMs = world.nowMs();
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return alive;
  }

  void kill() {
    alive = false;
  }

  /** It stands still for so long. */
  void pause(long ms) {
    pausedUntilMs = Math.max(pausedUntilMs, world.nowMs() + ms);
  }

  /** Kafka does not hear it for so long, nor it Kafka. */
  void cut(long ms) {
    cutUntilMs = Math.max(cutUntilMs, world.nowMs() + ms);
  }

  /** It goes on, and Kafka hears it. */
  void heal() {
    pausedUntilMs = Math.min(pausedUntilMs, world.nowMs());
    cutUntilMs = Math.min(cutUntilMs, world.nowMs());
  }

  /** Until when it was paused or cut off, or when it began; by its own clock that never jumps. */
  long troubledMs() {
    return Math.max(beganMs, Math.max(pausedUntilMs, cutUntilMs)) - World.BEGINNING_MS + 1_000_000;
  }

  /** Whether Kafka hears from it now. */
  boolean isHeard() {
    return alive && world.nowMs() >= pausedUntilMs && world.nowMs() >= cutUntilMs;
  }

  /** Whether it and Kafka can speak. */
  boolean isConnected() {
    return alive && world.nowMs() >= cutUntilMs;
  }

  /** Something came to it, so that its threads have something to do. */
  void touch() {
    activity++;
  }

  /** Does something on one of its threads, when it is not paused; never once it is dead. */
  void after(long ms, Runnable what) {
    world.after(ms, () -> runOrWait(what));
  }

  private void runOrWait(Runnable what) {
    if (!alive) {
      return;
    }
    long waitMs = pausedUntilMs - world.nowMs();
    if (waitMs > 0) {
      world.after(waitMs, () -> runOrWait(what));
    } else {
      what.run();
    }
  }

  /** A thread of it: turns until the process is dead or says that it is over. */
  void thread(BooleanSupplier turn) {
    new Turning(turn).next(world.between(0, 3));
  }

  /** Turns come at once while there is something to do, and then ever more rarely. */
  private final class Turning {
    private final BooleanSupplier turn;
    private int idleMs = 1;

    private Turning(BooleanSupplier turn) {
      this.turn = turn;
    }

    private void next(long ms) {
      after(ms, this::run);
    }

    private void run() {
      long before = activity;
      boolean goesOn;
      try {
        goesOn = turn.getAsBoolean();
      } catch (KilledException e) {
        return;
      }
      if (activity != before) {
        idleMs = 1;
      } else {
        idleMs = Math.min(LONGEST_IDLE_MS, 2 * idleMs);
      }
      if (goesOn) {
        next(world.happens(0.02) ? world.between(0, 400) : world.between(0, idleMs));
      }
    }
  }

  /** Ends the threads of a process that was killed while they waited. */
  static final class KilledException extends Error {
    private static final long serialVersionUID = 1L;

    KilledException(String process) {
      super(process + " was killed", null, false, false);
    }
  }

  void requireAlive() {
    if (!alive) {
      throw new KilledException(name);
    }
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    return world.nowMs() + skewMs;
  }

  @Override
  public long monotonicMs() {
    return world.nowMs() - World.BEGINNING_MS + 1_000_000;
  }

  /** Its wall clock. */
  Clock wallClock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return SimProcess.this.instant();
      }

      @Override
      public long millis() {
        return SimProcess.this.millis();
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }
}
