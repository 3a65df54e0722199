package dev.tailrace.dispatcher.routing;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.SourceId;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/**
 * One partition of one ingress topic, told apart by the topic's Kafka id: a topic that is deleted
 * and created again under its old name is another source.
 *
 * @param topicId 16 bytes, most significant first
 */
public record SourcePartition(String topic, ByteString topicId, int partition) {
  /** With the id as Java writes it. */
  public static SourcePartition of(String topic, UUID topicId, int partition) {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(topicId.getMostSignificantBits());
    bytes.putLong(topicId.getLeastSignificantBits());
    return new SourcePartition(topic, ByteString.copyFrom(bytes.flip()), partition);
  }

  /** The same without the topic's name. */
  public SourceId id() {
    return SourceId.of(topicId, partition);
  }

  /** The id as Kafka's tools print it: 22 characters of base64url. */
  public String topicIdText() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(topicId.toByteArray());
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
