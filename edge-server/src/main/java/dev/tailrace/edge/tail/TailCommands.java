package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;

/**
 * What delivery agents ask of a tail. The queue is bounded: what is refused is to be asked again.
 *
 * <p>Threading: any thread.
 */
public interface TailCommands {
  /** Asks to follow a partition; each follow wants one unfollow. False: ask again later. */
  boolean offerFollow(FollowRequest request);

  /** Gives a followed partition up. False: say it again later. */
  boolean offerUnfollow(LanePartition partition);

  /** Asks a leader for an end offset. False: ask again later. */
  boolean offerEndOffset(EndOffsetRequest request);
}
