package dev.tailrace.client;

/** The ways to hold a connection, the best first. */
public enum Transport {
  /** A WebSocket: {@code docs/protocol/websocket.md}. */
  WEBSOCKET,
  /** An event stream: {@code docs/protocol/sse.md}. */
  STREAM,
  /** Long polls: {@code docs/protocol/long-poll.md}. */
  POLL
}
