package dev.tailrace.dispatcher.ingress;

import dev.tailrace.schemas.Printable;
import dev.tailrace.schemas.WireTime;
import dev.tailrace.v1.Event;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sets what forms without a schema have as text.
 *
 * <p>Threading: stateless.
 */
final class EventFields {
  private EventFields() {}

  /** A span such as {@code 30s}. */
  static void setTtl(Event.Builder event, String text) throws RejectedRecordException {
    set(text, WireTime::duration, event::setTtl);
  }

  /** A moment of RFC 3339. */
  static void setTime(Event.Builder event, String text) throws RejectedRecordException {
    set(text, WireTime::timestamp, event::setTime);
  }

  private static <T> void set(String text, Function<String, T> reading, Consumer<T> setter)
      throws RejectedRecordException {
    T value;
    try {
      value = reading.apply(text);
    } catch (IllegalArgumentException e) {
      throw RejectedRecordException.badField(e.getMessage() + ": " + Printable.of(text));
    }
    setter.accept(value);
  }
}
