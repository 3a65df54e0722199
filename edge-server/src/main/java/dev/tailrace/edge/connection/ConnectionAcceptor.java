package dev.tailrace.edge.connection;

import dev.tailrace.edge.cursor.StartPosition;

/**
 * How transports reach the delivery agent that owns their connection. Nothing is refused and
 * nothing is lost; what keeps the agent's queue short is that every sender waits: {@link
 * ConnectionAdmission} bounds the connections, and a client has few commands outstanding at a time,
 * see {@link Transport#onCommandHandled}.
 *
 * <p>Threading: any thread; what one thread offers arrives in order.
 */
public interface ConnectionAcceptor {
  /** Hands a connection over. */
  void offerRegister(ConnectionRequest request);

  /** The socket is gone. */
  void offerClosed(Transport transport);

  /**
   * A client wants a channel, which it was checked that it may have.
   *
   * @param intervalMs least time between two deliveries, conflated; 0 for everything at once
   */
  void offerSubscribe(
      Transport transport, long ref, String channel, StartPosition start, long intervalMs);

  /** A client no longer wants a channel. */
  void offerUnsubscribe(Transport transport, long ref, String channel);

  /** Something to tell the client in its next turn. */
  void offerNotice(Transport transport, Notice notice);

  /** The client showed a new token of the same user. */
  void offerRefresh(Transport transport, Subscriber refreshed);

  /** The connection is to be ended, telling the client why. */
  void offerClose(Transport transport, DisconnectReason reason);
}
