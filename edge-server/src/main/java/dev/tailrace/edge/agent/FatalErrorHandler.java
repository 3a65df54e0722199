package dev.tailrace.edge.agent;

/**
 * What becomes of a process one of whose agents has met an {@link Error}: memory is gone, a class
 * is broken. Its connections would hang on a dead thread while everything looks well from outside;
 * on another edge they go on where they were.
 *
 * <p>Threading: called on the agent's thread.
 */
@FunctionalInterface
public interface FatalErrorHandler {
  /** Ends the process at once: shutdown hooks might wait for the very thread that is dead. */
  FatalErrorHandler HALT = (agent, error) -> Runtime.getRuntime().halt(1);

  /** The agent's thread ends after this. */
  void onError(String agent, Error error);
}
