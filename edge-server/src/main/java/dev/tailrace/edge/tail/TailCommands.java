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

  /** Asks a leader for an end offset. False: ask again later. */
  boolean offerEndOffset(EndOffsetRequest request);
}
