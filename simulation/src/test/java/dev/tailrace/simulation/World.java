package dev.tailrace.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Time and chance: what happens, happens as a task at a moment, tasks of the same moment in an
 * order drawn by lot. Everything else of a history follows from its seed.
 *
 * <p>Threading: one test thread.
 */
final class World {
  /** When histories begin, milliseconds since the epoch: late enough to look back. */
  static final long BEGINNING_MS = 1_700_000_000_000L;

  private static final int DEEPEST = 3;
  private static final int MOST_STEPS = 1_000_000;

  private record Task(long atMs, long lot, long number, Runnable what) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.comparingLong(Task::atMs)
              .thenComparingLong(Task::lot)
              .thenComparingLong(Task::number));
  private final RandomGenerator random;
  private final int replicationMs;
  private long nowMs = BEGINNING_MS;
  private long number;
  private int depth;

  /**
   * A world in which nothing happens yet.
   *
   * @param replicationMs how long followers may take to have a record
   */
  World(long seed, int replicationMs) {
    this.replicationMs = replicationMs;
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** So much happens without an end that something turns in circles. */
  static final class RestlessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RestlessException() {
      super("it does not come to rest");
    }
  }

  /** The true time, which no process knows. */
  long nowMs() {
    return nowMs;
  }

  /** Tasks done so far. */
  long steps() {
    return number;
  }

  RandomGenerator random() {
    return random;
  }

  /** How long followers may take to have a record. */
  int replicationMs() {
    return replicationMs;
  }

  /** A number from one bound to another, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** Something is done so much later. */
  void after(long ms, Runnable what) {
    tasks.add(new Task(nowMs + Math.max(0, ms), random.nextLong(), number++, what));
  }

  /** Everything happens up to this moment. */
  void runUntil(long untilMs) {
    while (!tasks.isEmpty() && tasks.peek().atMs() <= untilMs) {
      next();
    }
    nowMs = Math.max(nowMs, untilMs);
  }

  /** The next thing happens, if that is before this moment; else it becomes this moment. */
  void step(long untilMs) {
    if (!tasks.isEmpty() && tasks.peek().atMs() <= untilMs && depth < DEEPEST) {
      depth++;
      try {
        next();
      } finally {
        depth--;
      }
    } else {
      nowMs = Math.max(nowMs, untilMs);
    }
  }

  private void next() {
    if (number > MOST_STEPS) {
      throw new RestlessException();
    }
    Task task = tasks.poll();
    nowMs = Math.max(nowMs, task.atMs());
    task.what().run();
  }
}
