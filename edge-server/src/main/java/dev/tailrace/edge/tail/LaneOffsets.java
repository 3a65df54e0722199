package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Where a log ends.
   *
   * @param epoch of the leader whose log it is; by that a consumer that starts there finds out
   *     whether another leader's log is the same up to there. Empty when it is not known
   */
  record End(long offset, Optional<Integer> epoch) {}

  /** The log start offset. */
  CompletableFuture<Long> start(LanePartition partition);

  /** The log end offset. */
  CompletableFuture<Long> end(LanePartition partition);

  /** The log end offsets of all of these. */
  default Map<LanePartition, CompletableFuture<Long>> ends(Collection<LanePartition> partitions) {
    return partitions.stream().collect(Collectors.toMap(Function.identity(), this::end));
  }

  /** The log end offset, and the epoch of the leader. */
  default CompletableFuture<End> endInEpoch(LanePartition partition) {
    return end(partition).thenApply(offset -> new End(offset, Optional.empty()));
  }

  /** The offset of the first record of this time or later, in milliseconds; or {@link #NONE}. */
  CompletableFuture<Long> atTime(LanePartition partition, long timestampMs);
}
