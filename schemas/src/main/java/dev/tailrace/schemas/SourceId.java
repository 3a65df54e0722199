package dev.tailrace.schemas;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * One partition of one ingress topic, by the topic's Kafka id: 16 bytes, most significant first.
 */
public record SourceId(long topicHigh, long topicLow, int partition) {
  /** Of the id as source stamps hold it; what it lacks of 16 bytes is zero. */
  public static SourceId of(ByteString topicId, int partition) {
    byte[] bytes = new byte[16];
    topicId.substring(0, Math.min(16, topicId.size())).copyTo(bytes, 0);
    ByteBuffer longs = ByteBuffer.wrap(bytes);
    return new SourceId(longs.getLong(), longs.getLong(), partition);
  }

  /** The topic's id as source stamps hold it. */
  public ByteString topicId() {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(topicHigh).putLong(topicLow);
    return ByteString.copyFrom(bytes.flip());
  }
}
