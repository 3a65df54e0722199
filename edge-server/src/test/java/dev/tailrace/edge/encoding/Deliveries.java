package dev.tailrace.edge.encoding;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Entries with given data, for tests. */
final class Deliveries {
  static final LanePartition CHANNELS_17 = new LanePartition(Lane.CHANNELS, 1, 17);
  static final LanePartition USERS_3 = new LanePartition(Lane.USERS, 1, 3);
  static final long OFFSET = 356;

  private Deliveries() {}

  static Event.Builder event(String contentType, byte[] data) {
    return Event.newBuilder()
        .setId("e-1")
        .setType("goal")
        .setContentType(contentType)
        .setData(ByteString.copyFrom(data));
  }

  static Event.Builder event(String contentType, String data) {
    return event(contentType, data.getBytes(StandardCharsets.UTF_8));
  }

  static LogEntry toChannel(Event.Builder event) {
    Delivery delivery = Delivery.newBuilder().setChannel("scores").setEvent(event).build();
    return new LogEntry(
        CHANNELS_17, OFFSET, 1_000, -1, "scores", List.of(), "", false, delivery.toByteArray());
  }

  static LogEntry toUsers(List<String> users, Event.Builder event) {
    Delivery delivery = Delivery.newBuilder().addAllUsers(users).setEvent(event).build();
    return new LogEntry(USERS_3, OFFSET, 1_000, -1, null, users, "", false, delivery.toByteArray());
  }
}
