package dev.tailrace.edge.catchup;

/**
 * Takes what is to be read from Kafka for somebody.
 *
 * <p>Threading: any thread.
 */
public interface CatchUpRequests {
  /** Asks for the session's next chunk. False: ask again later. */
  boolean offer(CatchUpSession session);

  /** Asks where the last events lie. False: ask again later. */
  boolean offer(LastEventsSearch search);
}
