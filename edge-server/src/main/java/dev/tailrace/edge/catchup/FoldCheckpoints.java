package dev.tailrace.edge.catchup;

import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How far folds of late had come that had not reached their session's position yet. The minute
 * before a position may be more than a client waits for, above all a long poll's: without these
 * each of its attempts would fold from the beginning, and none would ever get there.
 *
 * <p>A fold is a matter of the lane alone, so anybody's may be gone on with, if it began early
 * enough.
 *
 * <p>Threading: the catch-up reader.
 */
final class FoldCheckpoints {
  static final int MAX_CHECKPOINTS = 1_024;
  static final long LIFETIME_MS = 120_000;

  /**
   * A fold of all that lies between two offsets.
   *
   * @param start the first offset that was folded
   * @param next the first that was not
   * @param reader its marks; to be copied
   */
  record Checkpoint(
      LanePartition partition, long start, long next, LaneRecordReader reader, long madeAtMs) {}

  private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();

  /** Keeps a copy of a fold as it stands. */
  void add(LanePartition partition, long start, long next, LaneRecordReader reader, long nowMs) {
    checkpoints.removeIf(
        known ->
            nowMs - known.madeAtMs() > LIFETIME_MS
                || (known.partition().equals(partition) && known.next() == next));
    if (checkpoints.size() >= MAX_CHECKPOINTS) {
      checkpoints.removeFirst();
    }
    checkpoints.addLast(new Checkpoint(partition, start, next, reader.copy(), nowMs));
  }

  /**
   * The fold that has come furthest, of those that began at this start or before it and have not
   * passed the position; null when there is none.
   */
  @Nullable Checkpoint furthest(LanePartition partition, long start, long position, long nowMs) {
    Checkpoint best = null;
    for (Checkpoint known : checkpoints) {
      if (known.partition().equals(partition)
          && known.start() <= start
          && known.next() > start
          && known.next() <= position
          && nowMs - known.madeAtMs() <= LIFETIME_MS
          && (best == null || known.next() > best.next())) {
        best = known;
      }
    }
    return best;
  }
}
