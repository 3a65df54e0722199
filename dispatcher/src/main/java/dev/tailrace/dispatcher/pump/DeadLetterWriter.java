package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.SourceStamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record that keeps what could not be routed: key, value and headers byte for byte, as
 * they have to be when it is written again, and reason and origin in one header more, the last.
 *
 * <p>Threading: stateless.
 */
final class DeadLetterWriter {
  /** Room for the batch, the header and its text. */
  private static final int SPARE_BYTES = 4 << 10;

  private static final int MAX_BYTES = TopicConfig.MAX_MESSAGE_BYTES - SPARE_BYTES;
  private static final int MAX_DETAIL = 500;

  /** A record's two lengths in a header, at their longest. */
  private static final int HEADER_OVERHEAD_BYTES = 10;

  private DeadLetterWriter() {}

  static ProducerRecord<byte[], byte[]> letter(
      ConsumerRecord<byte[], byte[]> rejected,
      SourcePartition source,
      RouteDecision.DeadLetter decision,
      long pollMs) {
    byte @Nullable [] key = rejected.key();
    byte @Nullable [] value = rejected.value();
    List<Header> headers = headers(rejected);
    String detail = decision.detail();
    boolean incomplete = length(key) + length(value) + length(headers) > MAX_BYTES;
    if (incomplete) {
      detail =
          "%s; the value of %,d bytes is too long to be kept here".formatted(detail, length(value));
      value = new byte[0];
    }
    if (length(key) + length(headers) > MAX_BYTES) {
      detail = "%s; so are the headers of %,d bytes".formatted(detail, length(headers));
      headers = new ArrayList<>();
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
            .setIncomplete(incomplete)
            .setSource(
                SourceStamp.newBuilder()
                    .setTopicId(source.topicId())
                    .setPartition(source.partition())
                    .setOffset(rejected.offset()))
            .build();
    headers.add(new RecordHeader(Topics.DEAD_LETTER_HEADER, letter.toByteArray()));
    return record(key, value, pollMs, headers);
  }

  /** All but those of an earlier stay among the dead letters. */
  private static List<Header> headers(ConsumerRecord<byte[], byte[]> rejected) {
    List<Header> headers = new ArrayList<>();
    for (Header header : rejected.headers()) {
      if (!header.key().equals(Topics.DEAD_LETTER_HEADER)) {
        headers.add(header);
      }
    }
    return headers;
  }

  @SuppressWarnings("NullAway") // Kafka's key and value may be null, though not by its types.
  private static ProducerRecord<byte[], byte[]> record(
      byte @Nullable [] key, byte @Nullable [] value, long pollMs, List<Header> headers) {
    return new ProducerRecord<>(Topics.DEAD_LETTERS, null, pollMs, key, value, headers);
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static int length(List<Header> headers) {
    return headers.stream()
        .mapToInt(
            header ->
                HEADER_OVERHEAD_BYTES
                    + header.key().getBytes(StandardCharsets.UTF_8).length
                    + length(header.value()))
        .sum();
  }
}
