package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

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

  private void topic(long end) {
    consumer.updatePartitions(
        Topics.DEAD_LETTERS,
        List.of(
            new PartitionInfo(Topics.DEAD_LETTERS, 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(LETTERS, 0L));
    consumer.updateEndOffsets(Map.of(LETTERS, end));
  }
}
