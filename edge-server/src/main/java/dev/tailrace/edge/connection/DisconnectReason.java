package dev.tailrace.edge.connection;

/** Why the edge ends a connection: a closed list, each with its WebSocket close code. */
public enum DisconnectReason {
  /** The edge stops; come back to any edge. */
  SHUTDOWN(1001, "shutdown", true),
  /** It has lasted as long as a connection is to; come back to any edge. */
  LIFETIME(4001, "time to reconnect", true),
  /** An operator ended it; come back to any edge. */
  DISCONNECTED(4002, "disconnected", true),
  /** What the client sent is not a frame of WebSocket's (RFC 6455, section 5). */
  PROTOCOL_ERROR(1002, "protocol error", false),
  /** What the client sent is not a frame of this protocol, or not of this subprotocol's kind. */
  UNSUPPORTED_DATA(1003, "unsupported data", false),
  /** What the client sent does not parse. */
  MALFORMED(1007, "malformed frame", false),
  /** What the client sent is longer than the limit. */
  TOO_LARGE(1009, "message too large", false),
  /** This edge has all the work it can take. */
  OVERLOADED(1013, "overloaded", true),
  /** The client's address, or its user, has as many connections as it may. */
  TOO_MANY_CONNECTIONS(1013, "too many connections", true),
  /** The client's address opens connections faster than it may. */
  CONNECTING_TOO_OFTEN(1013, "connecting too often", true),
  /** This edge failed; its log says why. */
  FAILED(1011, "internal error", true),
  /** No token came, or none that is good. */
  UNAUTHENTICATED(4401, "not authenticated", false),
  /** The token's time is over. */
  TOKEN_EXPIRED(4401, "token expired", true),
  /** The token was revoked, or what an answer that is not given yet was granted by it. */
  REVOKED(4403, "revoked", false),
  /** The client sends commands faster than it takes the answers. */
  SLOW(4008, "too many unread answers", true),
  /** The client takes events more slowly than its channel's policy, or the edge's memory, bears. */
  LAGGING(4008, "too slow", true);

  private final int closeCode;
  private final String text;
  private final boolean reconnect;

  DisconnectReason(int closeCode, String text, boolean reconnect) {
    this.closeCode = closeCode;
    this.text = text;
    this.reconnect = reconnect;
  }

  /** The WebSocket close code (RFC 6455, section 7.4; 4000-4999 are ours). */
  public int closeCode() {
    return closeCode;
  }

  /** In words, as close reason and in a goodbye. */
  public String text() {
    return text;
  }

  /** Whether the client should come back. */
  public boolean mayReconnect() {
    return reconnect;
  }
}
