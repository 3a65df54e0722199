package dev.tailrace.dispatcher.ingress;

import dev.tailrace.schemas.Printable;
import dev.tailrace.v1.Event;

/**
 * Reads records whose value is the data, JSON or anything else, and whose headers say the rest.
 *
 * <p>Threading: stateless.
 */
final class HeaderEvents {
  static final String USER = "tailrace-user";
  static final String CHANNEL = "tailrace-channel";
  private static final String OURS = "tailrace-";

  private HeaderEvents() {}

  /** A header that names an address may be there several times; of others the last counts. */
  static Event.Builder read(IngressRecord record) throws RejectedRecordException {
    Event.Builder event = Event.newBuilder().setData(record.requiredValue());
    for (IngressHeader header : record.headers()) {
      switch (header.name()) {
        case USER -> event.addAllUsers(Addresses.split(header.text()));
        case CHANNEL -> event.addAllChannels(Addresses.split(header.text()));
        case "tailrace-id" -> event.setId(header.text());
        case "tailrace-type" -> event.setType(header.text());
        case "tailrace-time" -> EventFields.setTime(event, header.text());
        case "tailrace-ttl" -> EventFields.setTtl(event, header.text());
        case "tailrace-conflation-key" -> event.setConflationKey(header.text());
        case IngressForm.CONTENT_TYPE -> event.setContentType(header.text());
        default -> {
          if (header.name().startsWith(OURS)) {
            throw RejectedRecordException.badField(
                "there is no header %s; those that begin with tailrace- are reserved"
                    .formatted(Printable.of(header.name())));
          }
        }
      }
    }
    return event;
  }
}
