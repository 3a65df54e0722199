package dev.tailrace.support.placement;

import static dev.tailrace.support.placement.Announced.AT_MS;
import static dev.tailrace.support.placement.Announced.LEASE_MS;
import static dev.tailrace.support.placement.Announced.edge;
import static dev.tailrace.support.placement.Announced.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What is read, one poll after the other, with clocks that are set by hand. */
class EdgesFollowerTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.EDGES, 0);

  private final AtomicLong nowMs = new AtomicLong(1_000);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final EdgesFollower follower =
      new EdgesFollower(
          "edges",
          () -> consumer,
          () -> SlotMaps.of(SlotMap.initial(4, 4)),
          () -> Instant.ofEpochMilli(AT_MS + 10_000),
          nowMs::get);
  private final List<Integer> known = new ArrayList<>();
  private long offset;

  @Test
  void shouldKnowWhoIsThereAndForgetThemWhenTheirLeaseIsOver() {
    consumer.updatePartitions(
        Topics.EDGES, List.of(new PartitionInfo(Topics.EDGES, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 1L));
    poll(() -> add("old"));
    poll(() -> add("new"));
    poll(() -> nowMs.addAndGet(LEASE_MS - 10_000));
    poll(() -> nowMs.addAndGet(10_000));
    poll(follower::close);

    follower.follow(consumer);

    assertThat(known).as("as each poll began").containsExactly(0, 1, 2, 1, 0);
    assertThat(follower.silenceMs()).isEqualTo(LEASE_MS);
    assertThat(follower.ignored()).isZero();
  }

  /** In the next poll; what was known until then is kept. */
  private void poll(Runnable task) {
    consumer.schedulePollTask(
        () -> {
          known.add(follower.placement().edges());
          task.run();
        });
  }

  private void add(String id) {
    consumer.addRecord(
        new ConsumerRecord<>(Topics.EDGES, 0, offset++, key(id), edge(id).toBytes()));
  }

  @Test
  void shouldTryAgainWhenThereIsNothingToFollow() {
    consumer.updatePartitions(Topics.EDGES, List.of());

    assertThatThrownBy(() -> follower.follow(consumer)).isInstanceOf(KafkaException.class);
    assertThat(follower.placement().edges()).isZero();
  }
}
