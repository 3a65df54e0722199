package dev.tailrace.simulation;

import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What an edge is told by the leaders of lane partitions, after a while, or not.
 *
 * <p>Threading: one test thread.
 */
final class SimOffsets implements LaneOffsets {
  private static final int TIMEOUT_MS = 5_000;

  private final SimCluster cluster;
  private final SimProcess process;

  SimOffsets(SimCluster cluster, SimProcess process) {
    this.cluster = cluster;
    this.process = process;
  }

  @Override
  public CompletableFuture<Long> start(LanePartition partition) {
    return ask(partition, SimLog::start);
  }

  @Override
  public CompletableFuture<Long> end(LanePartition partition) {
    return ask(partition, SimLog::end);
  }

  @Override
  public CompletableFuture<End> endInEpoch(LanePartition partition) {
    return ask(partition, log -> new End(log.end(), Optional.of(log.epoch())));
  }

  @Override
  public CompletableFuture<Long> atTime(LanePartition partition, long timestampMs) {
    return ask(partition, log -> log.atTime(timestampMs));
  }

  private <T> CompletableFuture<T> ask(LanePartition partition, Function<SimLog, T> what) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    World world = cluster.world();
    SimLog log = cluster.log(new TopicPartition(partition.topic(), partition.partition()));
    if (!process.isConnected() || !log.hasLeader()) {
      process.after(
          world.between(50, TIMEOUT_MS),
          () -> {
            process.touch();
            answer.completeExceptionally(new TimeoutException("no answer about " + partition));
          });
    } else {
      world.after(
          world.between(0, 3),
          () -> {
            T now = what.apply(log);
            process.after(
                world.between(0, 3),
                () -> {
                  process.touch();
                  answer.complete(now);
                });
          });
    }
    return answer;
  }
}
