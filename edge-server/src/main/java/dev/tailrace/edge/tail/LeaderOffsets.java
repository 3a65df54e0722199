package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
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
  public CompletableFuture<End> endInEpoch(LanePartition partition) {
    return ask(partition, OffsetSpec.latest(), end -> new End(end.offset(), end.leaderEpoch()));
  }

  @Override
  public CompletableFuture<Long> atTime(LanePartition partition, long timestampMs) {
    return ask(partition, OffsetSpec.forTimestamp(timestampMs));
  }

  /** In one request for each broker. */
  @Override
  public Map<LanePartition, CompletableFuture<Long>> ends(Collection<LanePartition> partitions) {
    return ask(partitions, OffsetSpec.latest(), ListOffsetsResultInfo::offset);
  }

  private CompletableFuture<Long> ask(LanePartition partition, OffsetSpec which) {
    return ask(partition, which, ListOffsetsResultInfo::offset);
  }

  private <T> CompletableFuture<T> ask(
      LanePartition partition, OffsetSpec which, Function<ListOffsetsResultInfo, T> what) {
    return ask(List.of(partition), which, what).values().iterator().next();
  }

  private <T> Map<LanePartition, CompletableFuture<T>> ask(
      Collection<LanePartition> partitions,
      OffsetSpec which,
      Function<ListOffsetsResultInfo, T> what) {
    ListOffsetsResult answers =
        admin.listOffsets(
            partitions.stream()
                .collect(Collectors.toMap(LeaderOffsets::topicPartition, partition -> which)),
            new ListOffsetsOptions().timeoutMs(TIMEOUT_MS));
    return partitions.stream()
        .collect(
            Collectors.toMap(Function.identity(), partition -> answer(answers, partition, what)));
  }

  private static <T> CompletableFuture<T> answer(
      ListOffsetsResult answers, LanePartition partition, Function<ListOffsetsResultInfo, T> what) {
    return answers
        .partitionResult(topicPartition(partition))
        .toCompletionStage()
        .thenApply(what)
        .toCompletableFuture();
  }

  private static TopicPartition topicPartition(LanePartition partition) {
    return new TopicPartition(partition.topic(), partition.partition());
  }
}
