package dev.tailrace.edge.catchup;

/**
 * Takes sessions that want their next chunk read.
 *
 * <p>Threading: any thread.
 */
@FunctionalInterface
public interface CatchUpRequests {
  /** Asks for the session's next chunk. False: ask again later. */
  boolean offer(CatchUpSession session);
}
