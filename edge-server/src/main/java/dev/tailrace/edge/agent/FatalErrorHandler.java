package dev.tailrace.edge.agent;

import org.slf4j.LoggerFactory;

/**
 * What becomes of a process one of whose own threads has met an {@link Error}: memory is gone, a
 * class is broken. Its connections would hang on a dead thread while everything looks well from
 * outside; on another edge they go on where they were.
 *
 * <p>Threading: called on that thread.
 */
@FunctionalInterface
public interface FatalErrorHandler {
  /** Ends the process at once: shutdown hooks might wait for the very thread that is dead. */
  FatalErrorHandler HALT = (thread, error) -> Runtime.getRuntime().halt(1);

  /** The thread ends after this. */
  void onError(String thread, Error error);

  /** For a thread that is not run by {@link #guard}: it has ended of this. */
  default void onUncaught(Thread thread, Throwable e) {
    guard(
        thread.getName(),
        () -> {
          throw e instanceof Error error ? error : new AssertionError(e);
        });
  }

  /** Runs all that a thread does; an error is logged and handed on. */
  default void guard(String thread, Runnable body) {
    try {
      body.run();
    } catch (Error e) {
      try {
        LoggerFactory.getLogger(FatalErrorHandler.class)
            .error("{} cannot go on, the process ends", thread, e);
      } finally {
        onError(thread, e); // even when there is no memory left to say why
      }
    }
  }
}
