package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.Event;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The headers that travel to clients as attributes of the event: the W3C's trace context, and what
 * the operator names besides. They never make an event undeliverable: one that is not text, is
 * longer than {@link #MAX_BYTES}, or has no room left within {@link EventLimits#MAX_LABEL_BYTES} is
 * left out. An attribute that the event has by itself stays.
 *
 * <p>Threading: immutable.
 */
final class HeaderAttributes {
  static final int MAX_BYTES = 1_024;
  private static final List<String> TRACE_CONTEXT = List.of("traceparent", "tracestate");

  private final List<String> names;

  /** These besides the trace context. */
  HeaderAttributes(List<String> more) {
    SequencedSet<String> all = new LinkedHashSet<>(TRACE_CONTEXT);
    all.addAll(more);
    names = List.copyOf(all);
  }

  /** Adds those that there are. */
  void addTo(Event.Builder event, IngressRecord record) {
    if (record.headers().isEmpty()) {
      return;
    }
    long room = EventLimits.MAX_LABEL_BYTES - EventRules.labelLength(event);
    for (String name : names) {
      String text = text(record.header(name));
      if (text != null && !event.containsAttributes(name)) {
        long length = (long) name.length() + text.length();
        if (length <= room) {
          event.putAttributes(name, text);
          room -= length;
        }
      }
    }
  }

  private static @Nullable String text(@Nullable IngressHeader header) {
    ByteString value = header == null ? null : header.value();
    if (value == null || value.size() > MAX_BYTES || !value.isValidUtf8()) {
      return null;
    }
    String text = value.toStringUtf8();
    return text.chars().anyMatch(Character::isISOControl) ? null : text;
  }
}
