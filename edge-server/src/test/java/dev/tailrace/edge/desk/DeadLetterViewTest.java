package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A search that cannot read all of them says so. */
class DeadLetterViewTest {
  private static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTERS, 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

  @Test
  void shouldTellThatNotAllWasReadWhenItsTimeIsOver() {
    topic(3); // none of which ever comes
    DeadLetterView view = new DeadLetterView(() -> consumer, Duration.ofMillis(50));

    assertThat(view.find("any")).isEqualTo(new DeadLetterView.Search(null, false));
  }

  @Test
  void shouldTellThatNotAllWasReadWhenKafkaFails() {
    topic(3);
    consumer.setPollException(new KafkaException("away"));

    assertThat(new DeadLetterView(() -> consumer).find("any"))
        .isEqualTo(new DeadLetterView.Search(null, false));
  }

  @Test
  void shouldHaveReadAllWhereThereIsNone() {
    topic(0);
    assertThat(new DeadLetterView(() -> consumer).find("any"))
        .isEqualTo(new DeadLetterView.Search(null, true));
  }

  @Test
  void shouldTellTheNewestThatFitIntoAnAnswerAndCutWhatIsLong() {
    int count = 60; // of 200 KiB each
    topic(count);
    consumer.schedulePollTask(
        () -> {
          for (int i = 0; i < count; i++) {
            consumer.addRecord(letter(i));
          }
        });

    Map<String, Object> answer = new DeadLetterView(() -> consumer).newest(100);

    assertThat(answer).containsEntry("total", (long) count).containsEntry("cut", true);
    String json = JsonMapper.shared().writeValueAsString(answer);
    assertThat(json.length()).isBetween(7 << 20, (8 << 20) + 1_000);
    JsonNode newest = JsonMapper.shared().readTree(json).at("/dead_letters/0");
    assertThat(newest.at("/offset").asInt()).isEqualTo(count - 1);
    assertThat(newest.at("/headers/0/name").asString()).hasSize(201);
  }

  private static ConsumerRecord<byte[], byte[]> letter(long offset) {
    ConsumerRecord<byte[], byte[]> letter =
        new ConsumerRecord<>(LETTERS.topic(), 0, offset, new byte[0], new byte[0]);
    byte[] text = "x".repeat(4_096).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 50; i++) {
      letter.headers().add("h".repeat(1_000), text);
    }
    return letter;
  }

  private void topic(long end) {
    consumer.updatePartitions(
        Topics.DEAD_LETTERS,
        List.of(
            new PartitionInfo(Topics.DEAD_LETTERS, 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(LETTERS, 0L));
    consumer.updateEndOffsets(Map.of(LETTERS, end));
  }
}
