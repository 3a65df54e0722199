package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Printable;
import dev.tailrace.v1.Event;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads CloudEvents 1.0 as Kafka's binding has them, and makes events of their attributes: {@code
 * id}, {@code type}, {@code time} and {@code datacontenttype} are an event's own, the extensions
 * that begin with {@code tailrace} say to whom it goes and how, and all others become the event's
 * attributes under their own names.
 *
 * <p>Threading: stateless.
 */
final class CloudEvents {
  static final String SPEC_VERSION_HEADER = "ce_specversion";
  private static final String PREFIX = "ce_";
  private static final String SPEC_VERSION = "specversion";
  private static final String CONTENT_TYPE = "datacontenttype";
  private static final String SUBJECT = "subject";
  private static final String USERS = "tailraceuser";
  private static final String CHANNELS = "tailracechannel";
  private static final String OURS = "tailrace";
  private static final List<String> REQUIRED = List.of("id", "source", "type");

  private CloudEvents() {}

  /** Attributes in headers that begin with {@code ce_}; a record without a value has no data. */
  static Event.Builder readBinary(IngressRecord record) throws RejectedRecordException {
    Map<String, String> attributes = new LinkedHashMap<>();
    String contentType = null;
    for (IngressHeader header : record.headers()) {
      if (header.name().equals(IngressForm.CONTENT_TYPE)) {
        contentType = header.text();
      } else if (header.name().startsWith(PREFIX)) {
        attributes.put(header.name().substring(PREFIX.length()), header.text());
      }
    }
    if (contentType != null) {
      attributes.put(CONTENT_TYPE, contentType);
    }
    Event.Builder event = event(attributes);
    ByteString data = record.value();
    return data == null ? event : event.setData(data);
  }

  /** All in the value, in the JSON event format. */
  static Event.Builder readStructured(IngressRecord record) throws RejectedRecordException {
    IngressHeader contentType = record.header(IngressForm.CONTENT_TYPE);
    if (contentType != null) {
      checkFormat(contentType.text());
    }
    CloudEventJson json = CloudEventJson.parse(record.requiredValue());
    Event.Builder event = event(json.attributes());
    ByteString data = json.data(event.getContentType());
    return data == null ? event : event.setData(data);
  }

  private static void checkFormat(String contentType) throws RejectedRecordException {
    if (!MediaType.of(contentType).equals("application/cloudevents+json")) {
      throw RejectedRecordException.notAnEvent(
          "CloudEvents are read as application/cloudevents+json, or in binary mode, not as \"%s\""
              .formatted(Printable.of(contentType)));
    }
  }

  private static Event.Builder event(Map<String, String> attributes)
      throws RejectedRecordException {
    checkEnvelope(attributes);
    Event.Builder event = Event.newBuilder();
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      set(event, attribute.getKey(), attribute.getValue());
    }
    String subject = attributes.get(SUBJECT);
    boolean addressed = attributes.containsKey(USERS) || attributes.containsKey(CHANNELS);
    if (!addressed && subject != null) {
      event.addChannels(subject);
    }
    return event;
  }

  private static void checkEnvelope(Map<String, String> attributes) throws RejectedRecordException {
    String version = attributes.getOrDefault(SPEC_VERSION, "");
    if (!version.equals("1.0")) {
      throw RejectedRecordException.notAnEvent(
          "the CloudEvent has specversion \"%s\", and 1.0 is read"
              .formatted(Printable.of(version)));
    }
    for (String name : REQUIRED) {
      if (attributes.getOrDefault(name, "").isEmpty()) {
        throw RejectedRecordException.notAnEvent("the CloudEvent has no " + name);
      }
    }
  }

  private static void set(Event.Builder event, String name, String value)
      throws RejectedRecordException {
    switch (name) {
      case SPEC_VERSION -> {}
      case "id" -> event.setId(value);
      case "type" -> event.setType(value);
      case "time" -> EventFields.setTime(event, value);
      case CONTENT_TYPE -> event.setContentType(value);
      case USERS -> event.addAllUsers(Addresses.split(value));
      case CHANNELS -> event.addAllChannels(Addresses.split(value));
      case "tailracettl" -> EventFields.setTtl(event, value);
      case "tailraceconflationkey" -> event.setConflationKey(value);
      default -> {
        if (name.startsWith(OURS)) {
          throw RejectedRecordException.badField(
              "there is no extension %s; those that begin with tailrace are reserved"
                  .formatted(Printable.of(name)));
        }
        event.putAttributes(name, value);
      }
    }
  }
}
