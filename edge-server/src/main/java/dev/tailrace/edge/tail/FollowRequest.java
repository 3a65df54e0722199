package dev.tailrace.edge.tail;

import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks the tail to follow a partition and carries its answer: the partition log, which has come to
 * what the partition's leader said was its end. It begins there, or so much earlier as is asked for
 * by the first who asks; who asks later gets the log as it is.
 *
 * <p>Threading: asked by a delivery agent, answered once by the tail.
 */
public final class FollowRequest {
  private final LanePartition partition;
  private final long windowMs;
  private final Runnable onAnswer;
  private volatile @Nullable PartitionLog log;

  /** A request for what comes from now on. */
  public FollowRequest(LanePartition partition, Runnable onAnswer) {
    this(partition, 0, onAnswer);
  }

  /**
   * A request.
   *
   * @param windowMs so much of what was written before is read back first, in milliseconds
   * @param onAnswer called on the tail's thread once {@link #log} is there; must not block
   */
  public FollowRequest(LanePartition partition, long windowMs, Runnable onAnswer) {
    this.partition = partition;
    this.windowMs = windowMs;
    this.onAnswer = onAnswer;
  }

  /** The partition to follow. */
  public LanePartition partition() {
    return partition;
  }

  /** How much of what was written before is to be read back, in milliseconds. */
  long windowMs() {
    return windowMs;
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
