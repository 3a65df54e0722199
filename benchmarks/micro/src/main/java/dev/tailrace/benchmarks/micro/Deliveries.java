package dev.tailrace.benchmarks.micro;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.util.List;

/**
 * What lies on a lane: events of a channel, with JSON as data.
 *
 * <p>Threading: stateless.
 */
final class Deliveries {
  static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 3);
  static final String CHANNEL = "game.1234567";

  /** An offset of a lane that has been in use for a while. */
  static final long FIRST_OFFSET = 3_000_000_000L;

  private static final long TIME_SECONDS = 1_790_000_000L;
  private static final byte[] TOPIC_ID = new byte[16];

  private Deliveries() {}

  /** A record's value; it comes from this offset of its source. */
  static byte[] value(long sourceOffset, int dataBytes) {
    String data = "{\"score\":[1,2],\"text\":\"" + "x".repeat(Math.max(0, dataBytes - 25)) + "\"}";
    return Delivery.newBuilder()
        .setSource(
            SourceStamp.newBuilder()
                .setTopicId(ByteString.copyFrom(TOPIC_ID))
                .setPartition(5)
                .setOffset(sourceOffset))
        .setSlotMapVersion(1)
        .setChannel(CHANNEL)
        .setEvent(
            Event.newBuilder()
                .setId("AAAAAAAAAAAAAAAAAAAAAA-5-" + sourceOffset)
                .setType("goal")
                .setTime(Timestamp.newBuilder().setSeconds(TIME_SECONDS))
                .setData(ByteString.copyFromUtf8(data)))
        .build()
        .toByteArray();
  }

  /** An entry with that value, for which nothing has been encoded. */
  static LogEntry entry(long offset, byte[] value) {
    return new LogEntry(
        PARTITION, offset, TIME_SECONDS * 1_000, -1, CHANNEL, List.of(), "", false, value);
  }
}
