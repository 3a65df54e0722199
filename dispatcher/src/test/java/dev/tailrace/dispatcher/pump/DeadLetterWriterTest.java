package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.DeadLetter.Reason;
import java.util.Arrays;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class DeadLetterWriterTest {
  private static final byte[] SMALL = {1, 2, 3};
  private static final byte[] HUGE = new byte[TopicConfig.MAX_MESSAGE_BYTES];

  @Test
  void shouldKeepKeyValueAndHeadersInTheirOrder() throws Exception {
    ConsumerRecord<byte[], byte[]> rejected = rejected(SMALL, SMALL);
    rejected.headers().add("a", SMALL).add("b", null).add("a", new byte[0]);
    ProducerRecord<byte[], byte[]> letter = letter(rejected);

    assertThat(letter.topic()).isEqualTo(Topics.DEAD_LETTERS);
    assertThat(letter.key()).isEqualTo(SMALL);
    assertThat(letter.value()).isEqualTo(SMALL);
    assertThat(names(letter)).containsExactly("a", "b", "a", Topics.DEAD_LETTER_HEADER);
    assertThat(letter.headers().lastHeader("b").value()).isNull();
    assertThat(detail(letter)).isEqualTo("why");
  }

  @Test
  void shouldNotKeepTheReasonsOfAnEarlierDeath() throws Exception {
    ConsumerRecord<byte[], byte[]> rejected = rejected(SMALL, SMALL);
    rejected.headers().add(Topics.DEAD_LETTER_HEADER, SMALL).add("a", SMALL);
    ProducerRecord<byte[], byte[]> letter = letter(rejected);

    assertThat(names(letter)).containsExactly("a", Topics.DEAD_LETTER_HEADER);
    assertThat(detail(letter)).isEqualTo("why");
  }

  @Test
  void shouldLeaveOutTheValueThenTheHeadersThenTheKeyWhenTheyAreTooLong() throws Exception {
    ConsumerRecord<byte[], byte[]> longValue = rejected(SMALL, HUGE);
    longValue.headers().add("a", SMALL);
    assertThat(letter(longValue).value()).isEmpty();
    assertThat(names(letter(longValue))).containsExactly("a", Topics.DEAD_LETTER_HEADER);
    assertThat(detail(letter(longValue))).contains("the value of 2,097,152 bytes is too long");

    ConsumerRecord<byte[], byte[]> longHeader = rejected(SMALL, SMALL);
    longHeader.headers().add("a", HUGE);
    assertThat(letter(longHeader).key()).isEqualTo(SMALL);
    assertThat(names(letter(longHeader))).containsExactly(Topics.DEAD_LETTER_HEADER);
    assertThat(detail(letter(longHeader))).contains("so are the headers");

    assertThat(letter(rejected(HUGE, SMALL)).key()).isNull();
    assertThat(detail(letter(rejected(HUGE, SMALL)))).contains("so is the key");
  }

  private static ConsumerRecord<byte[], byte[]> rejected(byte[] key, byte[] value) {
    return new ConsumerRecord<>("t", 0, 7, key, value);
  }

  private static ProducerRecord<byte[], byte[]> letter(ConsumerRecord<byte[], byte[]> rejected) {
    return DeadLetterWriter.letter(
        rejected,
        SourcePartition.of("t", new UUID(1, 2), 0),
        new RouteDecision.DeadLetter(Reason.REASON_BAD_FIELD, "why"),
        1_000);
  }

  private static String[] names(ProducerRecord<byte[], byte[]> letter) {
    return Arrays.stream(letter.headers().toArray()).map(Header::key).toArray(String[]::new);
  }

  private static String detail(ProducerRecord<byte[], byte[]> letter) throws Exception {
    byte[] header = letter.headers().lastHeader(Topics.DEAD_LETTER_HEADER).value();
    return DeadLetter.parseFrom(header).getDetail();
  }
}
