package dev.tailrace.client;

/**
 * Is told each event, in the order of its channel.
 *
 * <p>Threading: called on the client's own thread, one call at a time. An exception that it throws
 * stops nothing: it is reported as {@code listener_failed}.
 */
@FunctionalInterface
public interface EventListener {
  /** Is told one. */
  void onEvent(Event event);
}
