package dev.tailrace.schemas;

import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.EventOrBuilder;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an event may be routed: the same rules for a record read from an ingress topic
 * (which becomes a dead letter) and for an event published over HTTP or WebSocket (which is
 * refused).
 *
 * <p>Threading: stateless.
 */
public final class EventRules {
  /**
   * What is wrong with an event.
   *
   * @param detail in words, naming the offending value shortened to what can be printed
   */
  public record Violation(Reason reason, String detail) {}

  private static final long MAX_TIMESTAMP_SECONDS = 253_402_300_799L;
  private static final long MIN_TIMESTAMP_SECONDS = -62_135_596_800L;

  private EventRules() {}

  /** The first rule that this event breaks, or null when it may be routed. */
  public static @Nullable Violation check(Event event, EventLimits limits) {
    Violation address = checkAddresses(event, limits);
    if (address != null) {
      return address;
    }
    if (!event.getType().isEmpty() && !Channels.isType(event.getType())) {
      return new Violation(
          Reason.REASON_BAD_TYPE,
          "type \"%s\" is not [A-Za-z0-9_.-]{1,200}, or is open, error or tailrace.*"
              .formatted(Printable.of(event.getType())));
    }
    if (event.getData().size() > limits.maxDataBytes()) {
      return new Violation(
          Reason.REASON_DATA_TOO_LARGE,
          "data has %,d bytes, the limit is %,d"
              .formatted(event.getData().size(), limits.maxDataBytes()));
    }
    return checkFields(event);
  }

  private static @Nullable Violation checkAddresses(Event event, EventLimits limits) {
    int named = event.getUsersCount() + event.getChannelsCount();
    if (named == 0) {
      return new Violation(
          Reason.REASON_NO_ADDRESS, "the event names neither a user nor a channel");
    }
    Set<String> users = new HashSet<>(event.getUsersList());
    Set<String> channels = new HashSet<>(event.getChannelsList());
    if (users.size() + channels.size() > limits.maxAddresses()) {
      return new Violation(
          Reason.REASON_TOO_MANY_ADDRESSES,
          "the event names %,d addresses, the limit is %,d"
              .formatted(users.size() + channels.size(), limits.maxAddresses()));
    }
    for (String user : users) {
      if (!Channels.isName(user)) {
        return badAddress("user", user);
      }
    }
    for (String channel : channels) {
      if (!Channels.isChannel(channel)) {
        return badAddress("channel", channel);
      }
    }
    return null;
  }

  private static Violation badAddress(String kind, String name) {
    return new Violation(
        Reason.REASON_BAD_ADDRESS,
        "%s \"%s\" is not 1-200 bytes of A-Za-z0-9_.:/-".formatted(kind, Printable.of(name)));
  }

  private static @Nullable Violation checkFields(Event event) {
    long labels = labelLength(event);
    if (labels > EventLimits.MAX_LABEL_BYTES) {
      return badField(
          "id, content_type, conflation_key and attributes have %,d characters, the limit is %,d"
              .formatted(labels, EventLimits.MAX_LABEL_BYTES));
    }
    if (hasControlCharacter(event.getContentType())) {
      return badField("content_type has a control character");
    }
    if (event.hasTime()) {
      long seconds = event.getTime().getSeconds();
      int nanos = event.getTime().getNanos();
      if (seconds < MIN_TIMESTAMP_SECONDS
          || seconds > MAX_TIMESTAMP_SECONDS
          || nanos < 0
          || nanos > 999_999_999) {
        return badField("time is not between year 1 and year 9999");
      }
    }
    if (event.hasTtl()
        && (event.getTtl().getSeconds() < 0
            || event.getTtl().getNanos() < 0
            || event.getTtl().getSeconds() > MAX_TIMESTAMP_SECONDS)) {
      return badField("ttl is negative or out of range");
    }
    return null;
  }

  /** What counts against {@link EventLimits#MAX_LABEL_BYTES}. */
  public static long labelLength(EventOrBuilder event) {
    long labels = event.getId().length();
    labels += event.getContentType().length();
    labels += event.getConflationKey().length();
    for (Map.Entry<String, String> attribute : event.getAttributesMap().entrySet()) {
      labels += attribute.getKey().length() + attribute.getValue().length();
    }
    return labels;
  }

  private static Violation badField(String detail) {
    return new Violation(Reason.REASON_BAD_FIELD, detail);
  }

  private static boolean hasControlCharacter(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
