package dev.tailrace.schemas;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.EventOrBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  public static @Nullable Violation check(EventOrBuilder event, EventLimits limits) {
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

  private static @Nullable Violation checkAddresses(EventOrBuilder event, EventLimits limits) {
    int named = event.getUsersCount() + event.getChannelsCount();
    if (named == 0) {
      return new Violation(
          Reason.REASON_NO_ADDRESS, "the event names neither a user nor a channel");
    }
    List<String> users = event.getUsersList();
    List<String> channels = event.getChannelsList();
    if (named > limits.maxAddresses()) {
      int distinct = new HashSet<>(users).size() + new HashSet<>(channels).size();
      if (distinct > limits.maxAddresses()) {
        return new Violation(
            Reason.REASON_TOO_MANY_ADDRESSES,
            "the event names %,d addresses, the limit is %,d"
                .formatted(distinct, limits.maxAddresses()));
      }
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

  private static @Nullable Violation checkFields(EventOrBuilder event) {
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
      Timestamp time = event.getTime();
      long seconds = time.getSeconds();
      int nanos = time.getNanos();
      if (seconds < MIN_TIMESTAMP_SECONDS
          || seconds > MAX_TIMESTAMP_SECONDS
          || nanos < 0
          || nanos > 999_999_999) {
        return badField("time is not between year 1 and year 9999");
      }
    }
    if (event.hasTtl()) {
      Duration ttl = event.getTtl();
      if (ttl.getSeconds() < 0 || ttl.getNanos() < 0 || ttl.getSeconds() > MAX_TIMESTAMP_SECONDS) {
        return badField("ttl is negative or out of range");
      }
    }
    return null;
  }

  /** What counts against {@link EventLimits#MAX_LABEL_BYTES}. */
  public static long labelLength(EventOrBuilder event) {
    long labels = event.getId().length();
    labels += event.getContentType().length();
    labels += event.getConflationKey().length();
    if (event.getAttributesCount() > 0) {
      for (Map.Entry<String, String> attribute : event.getAttributesMap().entrySet()) {
        labels += attribute.getKey().length() + attribute.getValue().length();
      }
    }
    return labels;
  }

  private static Violation badField(String detail) {
    return new Violation(Reason.REASON_BAD_FIELD, detail);
  }

  private static boolean hasControlCharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
