package dev.tailrace.edge.tail;

import dev.tailrace.edge.log.PartitionLog;

/**
 * What delivery agents ask of a tail. The queue is bounded: what is refused is to be asked again.
 *
 * <p>Threading: any thread.
 */
public interface TailCommands {
  /** Asks to follow a partition; each follow wants one unfollow. False: ask again later. */
  boolean offerFollow(FollowRequest request);

  /** Gives a log up that a follow was answered with. False: say it again later. */
  boolean offerUnfollow(PartitionLog log);

  /**
   * Gives a request up, whether it was answered or not: who else waits for its partition then no
   * longer waits for what it asked to be read back. False: say it again later.
   */
  boolean offerCancel(FollowRequest request);

  /** The tails that its partitions have lost lately. */
  LostTails lostTails();

  /** Asks a leader for an end offset. False: ask again later. */
  boolean offerEndOffset(EndOffsetRequest request);
}
