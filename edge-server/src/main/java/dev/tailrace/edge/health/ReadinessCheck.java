package dev.tailrace.edge.health;

/**
 * Something that must be in order before clients are sent here.
 *
 * <p>Threading: called from any thread, several at once; may wait for a few seconds.
 */
public interface ReadinessCheck {
  /** How {@code /readyz} names it. */
  String name();

  /** How it stands. */
  Readiness check();
}
