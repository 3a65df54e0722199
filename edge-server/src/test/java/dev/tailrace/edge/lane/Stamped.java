package dev.tailrace.edge.lane;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.util.List;

/** Source stamps and deliveries for tests. */
public final class Stamped {
  /** An ingress topic's id. */
  public static final ByteString TOPIC = ByteString.copyFromUtf8("0123456789abcdef");

  /** That of another topic. */
  public static final ByteString OTHER_TOPIC = ByteString.copyFromUtf8("0123456789abcdeF");

  private Stamped() {}

  /** A stamp. */
  public static SourceStamp stamp(ByteString topic, int partition, long offset, int subIndex) {
    return SourceStamp.newBuilder()
        .setTopicId(topic)
        .setPartition(partition)
        .setOffset(offset)
        .setSubIndex(subIndex)
        .build();
  }

  /** An event for a channel, from this offset of the first ingress partition. */
  public static Delivery toChannel(long sourceOffset, String channel, String id) {
    return delivery(sourceOffset).setChannel(channel).setEvent(event(id)).build();
  }

  /** An event for a channel that is the newest state of something. */
  public static Delivery toChannel(
      long sourceOffset, String channel, String id, String conflationKey) {
    return delivery(sourceOffset)
        .setChannel(channel)
        .setEvent(event(id).toBuilder().setConflationKey(conflationKey))
        .build();
  }

  /** An event for users, from this offset of the first ingress partition. */
  public static Delivery toUsers(long sourceOffset, List<String> users, String id) {
    return delivery(sourceOffset).addAllUsers(users).setEvent(event(id)).build();
  }

  /** A delivery without address and body. */
  public static Delivery.Builder delivery(long sourceOffset) {
    return Delivery.newBuilder().setSource(stamp(TOPIC, 0, sourceOffset, 0)).setSlotMapVersion(1);
  }

  private static Event event(String id) {
    return Event.newBuilder().setId(id).setData(ByteString.copyFromUtf8("{}")).build();
  }
}
