package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.SourceStamp;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record that keeps what could not be routed: key and value byte for byte, reason and
 * origin in a header.
 *
 * <p>Threading: stateless.
 */
final class DeadLetterWriter {
  /** Room for the batch, the header and its text. */
  private static final int SPARE_BYTES = 4 << 10;

  private static final int MAX_BYTES = TopicConfig.MAX_MESSAGE_BYTES - SPARE_BYTES;
  private static final int MAX_DETAIL = 500;

  private DeadLetterWriter() {}

  static ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> rejected,
      SourcePartition source,
      RouteDecision.DeadLetter decision,
      long pollMs) {
    byte @Nullable [] key = rejected.key();
    byte @Nullable [] value = rejected.value();
    String detail = decision.detail();
    if (length(key) + length(value) > MAX_BYTES) {
      detail =
          "%s; the value of %,d bytes is too long to be kept here".formatted(detail, length(value));
      value = new byte[0];
    }
    if (length(key) > MAX_BYTES) {
      detail = "%s; so is the key of %,d bytes".formatted(detail, length(key));
      key = null;
    }
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(decision.reason())
            .setDetail(detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail)
            .setTopic(source.topic())
            .setSource(
                SourceStamp.newBuilder()
                    .setTopicId(source.topicId())
                    .setPartition(source.partition())
                    .setOffset(rejected.offset()))
            .build();
    Header header = new RecordHeader(Topics.DEAD_LETTER_HEADER, letter.toByteArray());
    return record(key, value, pollMs, header);
  }

  @SuppressWarnings("NullAway") // Kafka's key and value may be null, though not by its types.
  private static ProducerRecord<byte[], byte[]> record(
      byte @Nullable [] key, byte @Nullable [] value, long pollMs, Header header) {
    return new ProducerRecord<>(Topics.DEAD_LETTERS, null, pollMs, key, value, List.of(header));
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
