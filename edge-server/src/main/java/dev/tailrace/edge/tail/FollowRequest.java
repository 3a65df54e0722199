package dev.tailrace.edge.tail;

import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks the tail to follow a partition and carries its answer: the partition log, whose start is
 * what the partition's leader said was its end.
 *
 * <p>Threading: asked by a delivery agent, answered once by the tail.
 */
public final class FollowRequest {
  private final LanePartition partition;
  private final Runnable onAnswer;
  private volatile @Nullable PartitionLog log;

  /**
   * A request.
   *
   * @param onAnswer called on the tail's thread once {@link #log} is there; must not block
   */
  public FollowRequest(LanePartition partition, Runnable onAnswer) {
    this.partition = partition;
    this.onAnswer = onAnswer;
  }

  /** The partition to follow. */
  public LanePartition partition() {
    return partition;
  }

  /** The answer; null until there is one. */
  public @Nullable PartitionLog log() {
    return log;
  }

  /** The tail answers; once. */
  void answer(PartitionLog answer) {
    this.log = answer;
    onAnswer.run();
  }
}
