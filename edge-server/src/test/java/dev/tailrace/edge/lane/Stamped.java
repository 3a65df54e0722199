package dev.tailrace.edge.lane;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.SourceStamp;

/** Source stamps for tests. */
final class Stamped {
  static final ByteString TOPIC = ByteString.copyFromUtf8("0123456789abcdef");
  static final ByteString OTHER_TOPIC = ByteString.copyFromUtf8("0123456789abcdeF");

  private Stamped() {}

  static SourceStamp stamp(ByteString topic, int partition, long offset, int subIndex) {
    return SourceStamp.newBuilder()
        .setTopicId(topic)
        .setPartition(partition)
        .setOffset(offset)
        .setSubIndex(subIndex)
        .build();
  }
}
