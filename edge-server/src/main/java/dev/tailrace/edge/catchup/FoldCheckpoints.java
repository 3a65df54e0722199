package dev.tailrace.edge.catchup;

import dev.tailrace.schemas.LanePartition;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How far folds of late had come of laps that were given up before they had reached their start.
 * The minute before a position may be more than a client waits for, above all a long poll's:
 * without these each of its attempts would fold from the beginning, and none would ever get there.
 *
 * <p>A fold is a matter of the lane alone, so anybody's may be gone on with, if it began early
 * enough.
 *
 * <p>Threading: the catch-up reader.
 */
final class FoldCheckpoints {
  static final int MAX_CHECKPOINTS = 1_024;
  static final long LIFETIME_MS = 120_000;

  /** A fold that was given up. */
  private record Checkpoint(LanePartition partition, ScanLap.Fold fold, long madeAtMs) {}

  private final Deque<Checkpoint> checkpoints = new ArrayDeque<>();

  /** Keeps a fold, which nobody else goes on with. */
  void add(LanePartition partition, ScanLap.Fold fold, long nowMs) {
    checkpoints.removeIf(
        known ->
            nowMs - known.madeAtMs() > LIFETIME_MS
                || (known.partition().equals(partition) && known.fold().to() == fold.to()));
    if (checkpoints.size() >= MAX_CHECKPOINTS) {
      checkpoints.removeFirst();
    }
    checkpoints.addLast(new Checkpoint(partition, fold, nowMs));
  }

  /**
   * The fold that has come furthest, of those that began at this start or before it and have not
   * passed the position: a copy of the caller's own; null when there is none.
   */
  ScanLap.@Nullable Fold furthest(LanePartition partition, long start, long position, long nowMs) {
    ScanLap.Fold best = null;
    for (Checkpoint known : checkpoints) {
      ScanLap.Fold fold = known.fold();
      if (known.partition().equals(partition)
          && fold.from() <= start
          && fold.to() > start
          && fold.to() <= position
          && nowMs - known.madeAtMs() <= LIFETIME_MS
          && (best == null || fold.to() > best.to())) {
        best = fold;
      }
    }
    return best == null ? null : best.copy();
  }
}
