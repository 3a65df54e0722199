package dev.tailrace.edge.health;

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
}
