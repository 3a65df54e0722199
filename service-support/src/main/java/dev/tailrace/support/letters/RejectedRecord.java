package dev.tailrace.support.letters;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One record among the dead letters.
 *
 * @param kept as it lies there
 * @param letter why it is there, and where it was; without a topic when that cannot be read
 */
public record RejectedRecord(ConsumerRecord<byte[], byte[]> kept, DeadLetter letter) {
  /** That of a record of the topic. */
  public static RejectedRecord of(ConsumerRecord<byte[], byte[]> kept) {
    Header header = kept.headers().lastHeader(Topics.DEAD_LETTER_HEADER);
    if (header == null || header.value() == null) {
      return new RejectedRecord(kept, unreadable("has no header " + Topics.DEAD_LETTER_HEADER));
    }
    try {
      return new RejectedRecord(kept, DeadLetter.parseFrom(header.value()));
    } catch (InvalidProtocolBufferException e) {
      return new RejectedRecord(
          kept, unreadable("its header %s cannot be read".formatted(Topics.DEAD_LETTER_HEADER)));
    }
  }

  private static DeadLetter unreadable(String detail) {
    return DeadLetter.newBuilder().setDetail(detail).build();
  }

  /** Its partition and offset among the dead letters: {@code 0-17}. */
  public String id() {
    return kept.partition() + "-" + kept.offset();
  }

  /** How many bytes its value has; negative without one. */
  public int valueBytes() {
    return length(kept.value());
  }

  private static int length(byte @Nullable [] value) {
    return value == null ? -1 : value.length;
  }

  /** Why it cannot be written again; empty when it can. */
  public String obstacle() {
    if (letter.getTopic().isEmpty()) {
      return letter.getDetail();
    }
    return letter.getIncomplete() ? "it was too long to be kept whole" : "";
  }

  /** The record as its producer wrote it, for any partition of the topic that it was in. */
  public ProducerRecord<byte[], byte[]> asWritten() {
    List<Header> headers = new ArrayList<>();
    for (Header header : kept.headers()) {
      if (!header.key().equals(Topics.DEAD_LETTER_HEADER)) {
        headers.add(header);
      }
    }
    return record(letter.getTopic(), kept.key(), kept.value(), headers);
  }

  @SuppressWarnings("NullAway") // Kafka's key and value may be null, though not by its types.
  private static ProducerRecord<byte[], byte[]> record(
      String topic, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
    return new ProducerRecord<>(topic, null, key, value, headers);
  }
}
