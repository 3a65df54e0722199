package dev.tailrace.edge.connection;

import dev.tailrace.edge.log.LogEntry;

/**
 * What a delivery agent writes a connection's turn to. A turn is built by {@link #event} and {@link
 * #notice} and goes out with one {@link #flush}; while that is in flight nothing is added.
 *
 * <p>Threading: all methods are called by the owning delivery agent, and none blocks.
 */
public interface Transport {
  /** What metrics call it. */
  Kind kind();

  /** The transports there are. */
  enum Kind {
    /** Server-Sent Events. */
    SSE,
    /** WebSocket. */
    WEBSOCKET,
    /** Long poll: one answer, then it is over. */
    POLL,
    /** History: one answer, as soon as all that it asks for was looked at. */
    HISTORY;

    /** Whether it is one answer, and not a stream. */
    public boolean isAnswer() {
      return this == POLL || this == HISTORY;
    }
  }

  /**
   * Adds an event to the turn.
   *
   * @param cursor gives the connection's whole cursor just after this event
   */
  void event(LogEntry entry, CursorSource cursor);

  /**
   * Adds a notice to the turn. A transport that has no form for it leaves it out.
   *
   * @param cursor gives the connection's whole cursor at this point of the turn
   */
  void notice(Notice notice, CursorSource cursor);

  /** Bytes in the turn so far. */
  int turnBytes();

  /** Whether the turn should go out before anything is added to it. */
  boolean isTurnFull();

  /** The turn so far will not be written: it could not be put together. */
  default void discardTurn() {}

  /**
   * Writes the turn.
   *
   * @param cursor gives the connection's whole cursor after this turn
   */
  void flush(CursorSource cursor, WriteCallback callback);

  /**
   * A command of this connection's client, a notice included, has been dealt with, and what was
   * being written then is written: it may send the next.
   */
  default void onCommandHandled() {}

  /** Ends the connection, telling the client why and when to come back as the transport can. */
  void close(DisconnectReason reason);
}
