package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sockets that have not said whose they are, and so belong to no delivery agent that could tell
 * them of the edge's end.
 *
 * <p>Threading: any thread. A socket that is added while all are closed is closed by one of the
 * two.
 */
final class UnauthenticatedSockets {
  private final Set<WebSocketTransport> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  void add(WebSocketTransport socket) {
    sockets.add(socket);
    if (closed) {
      socket.close(DisconnectReason.SHUTDOWN);
    }
  }

  void remove(WebSocketTransport socket) {
    sockets.remove(socket);
  }

  void closeAll() {
    closed = true;
    sockets.forEach(socket -> socket.close(DisconnectReason.SHUTDOWN));
  }
}
