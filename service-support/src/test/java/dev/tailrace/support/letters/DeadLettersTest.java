package dev.tailrace.support.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.DEAD_LETTERS, 0);

  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("earliest");
  private final List<String> given = new ArrayList<>();

  /** What a replay writes again may come back as dead letters before it has ended. */
  @Test
  void shouldGiveNothingThatCameAfterItBegan() {
    begin(2);
    kafka.schedulePollTask(() -> add(4));

    new DeadLetters(kafka).read(Long.MAX_VALUE, letter -> given.add(letter.id()));

    assertThat(given).containsExactly("0-0", "0-1");
  }

  @Test
  void shouldGiveTheLastOnly() {
    begin(4);
    kafka.schedulePollTask(() -> add(4));

    new DeadLetters(kafka).read(1, letter -> given.add(letter.id()));

    assertThat(given).containsExactly("0-3");
  }

  @Test
  void shouldEndWhenKafkaAnswersNoMore() {
    begin(2);

    assertThatThrownBy(
            () -> new DeadLetters(kafka).read(Long.MAX_VALUE, letter -> given.add(letter.id())))
        .isInstanceOf(TimeoutException.class);
    assertThat(given).isEmpty();
  }

  private void begin(long end) {
    Node node = new Node(1, "127.0.0.1", 1);
    Node[] replicas = {node};
    kafka.updatePartitions(
        Topics.DEAD_LETTERS,
        List.of(new PartitionInfo(Topics.DEAD_LETTERS, 0, node, replicas, replicas)));
    kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
    kafka.updateEndOffsets(Map.of(PARTITION, end));
  }

  private void add(int records) {
    for (int offset = 0; offset < records; offset++) {
      kafka.addRecord(
          new ConsumerRecord<>(Topics.DEAD_LETTERS, 0, offset, new byte[0], new byte[0]));
    }
  }
}
