package dev.tailrace.client;

/**
 * Is told each change of the state or the transport.
 *
 * <p>Threading: called on the client's own thread, one call at a time. An exception that it throws
 * stops nothing: it is reported as {@code listener_failed}.
 */
@FunctionalInterface
public interface StateListener {
  /** Is told one. */
  void onState(StateChange change);
}
