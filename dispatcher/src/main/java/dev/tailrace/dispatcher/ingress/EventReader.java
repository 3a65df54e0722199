package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.EventBytes;
import dev.tailrace.v1.Event;
import java.util.List;

/**
 * Reads a record of any {@link IngressForm} as an event: a pure function of value and headers.
 * Whether the event may be routed is for {@link dev.tailrace.schemas.EventRules} to say.
 *
 * <p>Threading: immutable.
 */
public final class EventReader {
  private final HeaderAttributes headerAttributes;

  /**
   * Reads them so.
   *
   * @param headers names of headers that travel to the event's attributes, beside the trace context
   */
  public EventReader(List<String> headers) {
    this.headerAttributes = new HeaderAttributes(headers);
  }

  /**
   * The event that this record is, open for what routing takes from it.
   *
   * @throws RejectedRecordException when it is none
   */
  public Event.Builder read(IngressRecord record) throws RejectedRecordException {
    Event.Builder event =
        switch (IngressForm.of(record)) {
          case EVENT -> parse(record.requiredValue());
          case SCHEMA_REGISTRY -> registered(record.requiredValue());
          case CLOUDEVENTS_BINARY -> CloudEvents.readBinary(record);
          case CLOUDEVENTS_STRUCTURED -> CloudEvents.readStructured(record);
          case HEADERS -> HeaderEvents.read(record);
        };
    headerAttributes.addTo(event, record);
    return event;
  }

  private static Event.Builder parse(ByteString bytes) throws RejectedRecordException {
    try {
      return EventBytes.parse(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw RejectedRecordException.notAnEvent("the value is no tailrace.v1.Event", e.getMessage());
    }
  }

  private static Event.Builder registered(ByteString value) throws RejectedRecordException {
    ByteString message = RegistryPrefix.strip(value);
    try {
      return EventBytes.parse(message);
    } catch (InvalidProtocolBufferException e) {
      throw RejectedRecordException.notAnEvent(
          "behind the prefix of schema %d is no tailrace.v1.Event"
              .formatted(RegistryPrefix.id(value)),
          e.getMessage());
    }
  }
}
