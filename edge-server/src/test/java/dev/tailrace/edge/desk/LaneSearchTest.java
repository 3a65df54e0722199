package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What a search says it has looked at. */
class LaneSearchTest {
  private static final TopicPartition USERS = new TopicPartition("tailrace.users", 0);

  private final ManualClock clock = new ManualClock();

  /** All of it is in the lane. */
  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>("earliest") {
        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
            Map<TopicPartition, Long> times) {
          Map<TopicPartition, OffsetAndTimestamp> first = new HashMap<>();
          times.forEach((one, at) -> first.put(one, new OffsetAndTimestamp(0, at)));
          return first;
        }
      };

  @Test
  void shouldNotSayThatItLookedAtAStrideThatWasCutOff() {
    SlotMaps slots = SlotMaps.of(SlotMap.initial(1, 1));
    slots
        .newest()
        .everyPartition()
        .forEach(
            lane -> {
              TopicPartition one = new TopicPartition(lane.topic(), lane.partition());
              consumer.updatePartitions(
                  lane.topic(),
                  List.of(
                      new PartitionInfo(lane.topic(), 0, Node.noNode(), new Node[0], new Node[0])));
              consumer.updateBeginningOffsets(Map.of(one, 0L));
              consumer.updateEndOffsets(Map.of(one, one.equals(USERS) ? 10L : 0L));
            });
    long nowMs = clock.millis();
    consumer.schedulePollTask(
        () -> {
          consumer.addRecord(record(nowMs - 60_000));
          clock.advance(LaneSearch.LONGEST);
        });

    LaneSearch.Result cut =
        new LaneSearch(consumer, slots, clock).find("any", Duration.ofMinutes(5));

    assertThat(cut.records()).isOne();
    assertThat(cut.complete()).isFalse();
    assertThat(cut.fromMs()).as("nine after it were not read").isGreaterThanOrEqualTo(nowMs);
  }

  private static ConsumerRecord<byte[], byte[]> record(long atMs) {
    return new ConsumerRecord<>(
        USERS.topic(),
        0,
        0,
        atMs,
        TimestampType.CREATE_TIME,
        0,
        1,
        new byte[0],
        new byte[] {0},
        new RecordHeaders(),
        Optional.empty());
  }
}
