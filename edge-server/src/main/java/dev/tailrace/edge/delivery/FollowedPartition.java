package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.subscription.SubscriptionIndex;
import dev.tailrace.edge.tail.FollowRequest;
import dev.tailrace.schemas.LanePartition;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A partition that a delivery agent follows: its log, how far the agent has swept it, and which of
 * the agent's readers follow which address there.
 *
 * <p>Threading: the delivery agent.
 */
final class FollowedPartition {
  private final LanePartition partition;
  private final SubscriptionIndex<LaneReader> index = new SubscriptionIndex<>();
  private @Nullable FollowRequest request;
  private @Nullable PartitionLog log;
  private @Nullable AtomicLong sweep;
  private long sweptEnd;
  private long idleSinceMs = Long.MAX_VALUE;

  FollowedPartition(LanePartition partition) {
    this.partition = partition;
  }

  LanePartition partition() {
    return partition;
  }

  SubscriptionIndex<LaneReader> index() {
    return index;
  }

  /** The request that is not answered yet. */
  @Nullable FollowRequest request() {
    return request;
  }

  void setRequest(@Nullable FollowRequest asked) {
    this.request = asked;
  }

  /** The log; null until the tail has answered. */
  @Nullable PartitionLog log() {
    return log;
  }

  void open(PartitionLog answered) {
    request = null;
    log = answered;
    sweep = answered.addSweep();
    sweptEnd = answered.endOffset();
    sweep.set(sweptEnd);
  }

  void close() {
    if (log != null && sweep != null) {
      log.removeSweep(sweep);
    }
    log = null;
    sweep = null;
  }

  /** Position up to which every entry has been matched against the index. */
  long sweptEnd() {
    return sweptEnd;
  }

  void setSweptEnd(long position) {
    sweptEnd = position;
  }

  /** All who wait for what was matched have had a turn: the log may let it go. */
  void releaseSwept() {
    if (sweep != null && sweep.get() != sweptEnd) {
      sweep.set(sweptEnd);
    }
  }

  long idleSinceMs() {
    return idleSinceMs;
  }

  void setIdleSinceMs(long atMs) {
    this.idleSinceMs = atMs;
  }
}
