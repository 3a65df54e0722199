package dev.tailrace.testing.conversation;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the names of one run of a conversation stand for.
 *
 * <p>Threading: one test thread.
 */
final class Bindings {
  private final Map<String, String> values = new HashMap<>();

  @Nullable String get(ValueKind kind, String name) {
    return values.get(kind + ":" + name);
  }

  void bind(ValueKind kind, String name, String value) {
    values.put(kind + ":" + name, value);
  }

  /** For a match that may fail. */
  Bindings copy() {
    Bindings copy = new Bindings();
    copy.values.putAll(values);
    return copy;
  }

  /** After a match that did not. */
  void adopt(Bindings other) {
    values.putAll(other.values);
  }
}
