package dev.tailrace.edge.connection;

import dev.tailrace.edge.cursor.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * How transports reach the delivery agent that owns their connection. Everything is handed over in
 * a bounded queue; only {@link #offerRegister} may refuse, and the queue keeps room for what an
 * accepted connection can still have to say.
 *
 * <p>Threading: any thread; what one thread offers arrives in order.
 */
public interface ConnectionAcceptor {
  /** Hands a connection over. False: this edge is overloaded, tell the client to come back. */
  boolean offerRegister(ConnectionRequest request);

  /** The socket is gone. */
  void offerClosed(Transport transport);

  /** A client wants a channel, which it was checked that it may have. */
  void offerSubscribe(Transport transport, long ref, String channel, @Nullable Cursor cursor);

  /** A client no longer wants a channel. */
  void offerUnsubscribe(Transport transport, long ref, String channel);

  /** Something to tell the client in its next turn. */
  void offerNotice(Transport transport, Notice notice);

  /** The client showed a new token of the same user. */
  void offerRefresh(Transport transport, Subscriber refreshed);

  /** The connection is to be ended, telling the client why. */
  void offerClose(Transport transport, DisconnectReason reason);
}
