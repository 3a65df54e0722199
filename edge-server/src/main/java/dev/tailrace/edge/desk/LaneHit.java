package dev.tailrace.edge.desk;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.util.List;

/**
 * A delivery that was found in a lane, without the event's data.
 *
 * @param writtenMs when it was written; milliseconds since the epoch
 * @param addresses whom it is for: the users, or the channel; nobody by name when it tells of what
 *     ingress lost
 * @param event without its data; without an id when it is no event
 * @param size of the data, in bytes
 */
record LaneHit(
    LanePartition partition,
    long offset,
    long writtenMs,
    SourceStamp source,
    List<String> addresses,
    Event event,
    int size) {

  static LaneHit of(LanePartition partition, long offset, long writtenMs, Delivery delivery) {
    List<String> addresses =
        delivery.getChannel().isEmpty()
            ? List.copyOf(delivery.getUsersList())
            : List.of(delivery.getChannel());
    Event event = delivery.getEvent();
    return new LaneHit(
        partition,
        offset,
        writtenMs,
        delivery.getSource(),
        addresses,
        event.toBuilder().clearData().clearAttributes().build(),
        event.getData().size());
  }
}
