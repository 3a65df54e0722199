package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the leaders of lane partitions for offsets, without waiting: a partition that has no leader
 * delays its own answers and nobody else's. An answer that fails may be asked for again.
 *
 * <p>Threading: any thread. Answers come on the client's thread; what hangs on them only hands
 * over.
 */
public interface LaneOffsets {
  /** There is no record that late. */
  long NONE = -1;

  /** The log start offset. */
  CompletableFuture<Long> start(LanePartition partition);

  /** The log end offset. */
  CompletableFuture<Long> end(LanePartition partition);

  /** The offset of the first record of this time or later, in milliseconds; or {@link #NONE}. */
  CompletableFuture<Long> atTime(LanePartition partition, long timestampMs);
}
