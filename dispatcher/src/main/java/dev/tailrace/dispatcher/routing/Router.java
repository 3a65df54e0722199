package dev.tailrace.dispatcher.routing;

import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.dispatcher.ingress.RejectedRecordException;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Decides what becomes of an ingress record: a pure function of the record and the slot map, so
 * that two pumps that read the same record write the same copies with the same stamps.
 *
 * <p>Threading: immutable.
 */
public final class Router {
  private final EventReader reader;
  private final EventLimits limits;
  private final int maxRecordBytes;

  /**
   * Routes within these limits.
   *
   * @param reader tells what event a record is
   * @param maxRecordBytes longest value that a lane takes; longer ones would be refused by the
   *     broker, after which nothing later of that source could be written
   */
  public Router(EventReader reader, EventLimits limits, int maxRecordBytes) {
    this.reader = reader;
    this.limits = limits;
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Where the record at this offset goes, or why it cannot. */
  public RouteDecision route(
      SourcePartition source, long offset, IngressRecord ingress, SlotMap map) {
    Event.Builder event;
    try {
      event = reader.read(ingress);
    } catch (RejectedRecordException e) {
      return deadLetter(e.reason(), e.detail());
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
      SourcePartition source, long offset, Event.Builder event, SlotMap map) {
    Collection<String> users = distinct(event.getUsersList());
    Collection<String> channels = distinct(event.getChannelsList());
    Event body = body(source, offset, event);
    Map<LanePartition, Delivery.Builder> byUserPartition = new LinkedHashMap<>();
    int place = 0;
    for (String user : users) {
      int first = place++;
      byUserPartition
          .computeIfAbsent(
              map.userPartition(user), partition -> delivery(source, offset, first, map, body))
          .addUsers(user);
    }
    List<LaneRecord> records = new ArrayList<>();
    byUserPartition.forEach((partition, builder) -> records.add(record(partition, builder)));
    for (String channel : channels) {
      Delivery.Builder builder = delivery(source, offset, place++, map, body).setChannel(channel);
      records.add(record(map.channelPartition(channel), builder));
    }
    return List.copyOf(records);
  }

  private static Collection<String> distinct(List<String> names) {
    return names.size() < 2 ? names : new LinkedHashSet<>(names);
  }

  /** The event as it travels on: with an id, and without the addresses, which are not for all. */
  private static Event body(SourcePartition source, long offset, Event.Builder event) {
    event.clearUsers().clearChannels();
    if (event.getId().isEmpty()) {
      event.setId(source.topicIdText() + "-" + source.partition() + "-" + offset);
    }
    return event.build();
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
