package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

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

  /** The log end offsets of all of these. */
  default Map<LanePartition, CompletableFuture<Long>> ends(Collection<LanePartition> partitions) {
    return partitions.stream().collect(Collectors.toMap(Function.identity(), this::end));
  }

  /** The offset of the first record of this time or later, in milliseconds; or {@link #NONE}. */
  CompletableFuture<Long> atTime(LanePartition partition, long timestampMs);
}
