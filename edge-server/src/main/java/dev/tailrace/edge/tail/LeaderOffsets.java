package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Lane offsets by an admin client. A consumer's own methods wait, and one partition without a
 * leader would hold up all that its thread does.
 *
 * <p>Threading: any thread.
 */
public record LeaderOffsets(Admin admin) implements LaneOffsets {
  private static final int TIMEOUT_MS = 5_000;

  @Override
  public CompletableFuture<Long> start(LanePartition partition) {
    return ask(partition, OffsetSpec.earliest());
  }

  @Override
  public CompletableFuture<Long> end(LanePartition partition) {
    return ask(partition, OffsetSpec.latest());
  }

  @Override
  public CompletableFuture<Long> atTime(LanePartition partition, long timestampMs) {
    return ask(partition, OffsetSpec.forTimestamp(timestampMs));
  }

  private CompletableFuture<Long> ask(LanePartition partition, OffsetSpec which) {
    TopicPartition where = new TopicPartition(partition.topic(), partition.partition());
    return admin
        .listOffsets(Map.of(where, which), new ListOffsetsOptions().timeoutMs(TIMEOUT_MS))
        .partitionResult(where)
        .toCompletionStage()
        .thenApply(ListOffsetsResultInfo::offset)
        .toCompletableFuture();
  }
}
