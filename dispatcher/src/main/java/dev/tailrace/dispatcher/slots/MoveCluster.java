package dev.tailrace.dispatcher.slots;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SourceId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** What a coordinator asks of Kafka. Each call waits for the answer, and fails without one. */
interface MoveCluster {
  /** All partitions of all ingress topics, as they are now. */
  Set<SourceId> sources();

  /** Of each of them the offset after all that a pump may have read of it. */
  Map<SourceId, Long> sourceEnds();

  /** Whether none of these has been among all partitions for a while. */
  boolean areGone(Collection<SourceId> sources);

  /** Of lane partitions the offset after all that was ever written to them. */
  Map<LanePartition, Long> laneEnds(Collection<LanePartition> partitions);

  /** Makes sure of a generation's topic; returns why it cannot be had, or nothing. */
  String createGeneration(String topic, int partitions);
}
