package dev.tailrace.edge.health;

import java.util.function.Supplier;

/**
 * A part that can write down its state for {@code /dump}: sizes, positions and states, never a
 * token or an event's content.
 *
 * <p>Threading: called from any thread; reads what the owner publishes.
 */
public interface ComponentDump {
  /** The heading of its lines. */
  String name();

  /** Adds its lines. */
  void appendTo(StringBuilder text);

  /** One of this name that writes what it is given. */
  static ComponentDump of(String name, Supplier<String> text) {
    return new ComponentDump() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void appendTo(StringBuilder out) {
        out.append(text.get());
      }
    };
  }
}
