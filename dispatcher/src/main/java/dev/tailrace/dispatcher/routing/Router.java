package dev.tailrace.dispatcher.routing;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of an ingress record: a pure function of the record and the slot map, so
 * that two pumps that read the same record write the same copies with the same stamps.
 *
 * <p>Threading: immutable.
 */
public final class Router {
  private final EventLimits limits;
  private final int maxRecordBytes;

  /**
   * Routes within these limits.
   *
   * @param maxRecordBytes longest value that a lane takes; longer ones would be refused by the
   *     broker, after which nothing later of that source could be written
   */
  public Router(EventLimits limits, int maxRecordBytes) {
    this.limits = limits;
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Where the record at this offset goes, or why it cannot. */
  public RouteDecision route(
      SourcePartition source, long offset, byte @Nullable [] value, SlotMap map) {
    if (value == null) {
      return deadLetter(Reason.REASON_NOT_AN_EVENT, "the record has no value");
    }
    Event event;
    try {
      event = Event.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      return deadLetter(
          Reason.REASON_NOT_AN_EVENT, "the value is no tailrace.v1.Event: " + e.getMessage());
    }
    EventRules.Violation violation = EventRules.check(event, limits);
    if (violation != null) {
      return deadLetter(violation.reason(), violation.detail());
    }
    List<LaneRecord> records = records(source, offset, event, map);
    for (LaneRecord record : records) {
      if (record.sizeBytes() > maxRecordBytes) {
        return deadLetter(
            Reason.REASON_RECORD_TOO_LARGE,
            "the delivery record has %,d bytes, the lanes take %,d"
                .formatted(record.sizeBytes(), maxRecordBytes));
      }
    }
    return new RouteDecision.Deliver(records);
  }

  private static RouteDecision deadLetter(Reason reason, String detail) {
    return new RouteDecision.DeadLetter(reason, detail);
  }

  private static List<LaneRecord> records(
      SourcePartition source, long offset, Event event, SlotMap map) {
    Event body = body(source, offset, event);
    Map<LanePartition, Delivery.Builder> byUserPartition = new LinkedHashMap<>();
    int place = 0;
    for (String user : new LinkedHashSet<>(event.getUsersList())) {
      int first = place++;
      byUserPartition
          .computeIfAbsent(
              map.userPartition(user), partition -> delivery(source, offset, first, map, body))
          .addUsers(user);
    }
    List<LaneRecord> records = new ArrayList<>();
    byUserPartition.forEach((partition, builder) -> records.add(record(partition, builder)));
    for (String channel : new LinkedHashSet<>(event.getChannelsList())) {
      Delivery.Builder builder = delivery(source, offset, place++, map, body).setChannel(channel);
      records.add(record(map.channelPartition(channel), builder));
    }
    return List.copyOf(records);
  }

  /** The event as it travels on: with an id, and without the addresses, which are not for all. */
  private static Event body(SourcePartition source, long offset, Event event) {
    Event.Builder body = event.toBuilder().clearUsers().clearChannels();
    if (event.getId().isEmpty()) {
      body.setId(source.topicIdText() + "-" + source.partition() + "-" + offset);
    }
    return body.build();
  }

  private static Delivery.Builder delivery(
      SourcePartition source, long offset, int subIndex, SlotMap map, Event body) {
    return Delivery.newBuilder()
        .setSource(
            SourceStamp.newBuilder()
                .setTopicId(source.topicId())
                .setPartition(source.partition())
                .setOffset(offset)
                .setSubIndex(subIndex))
        .setSlotMapVersion(map.version())
        .setEvent(body);
  }

  private static LaneRecord record(LanePartition partition, Delivery.Builder builder) {
    SourceStamp source = builder.getSource();
    return new LaneRecord(
        partition, new Stamp(source.getOffset(), source.getSubIndex()), builder.build());
  }
}
