package dev.tailrace.benchmarks;

import java.net.InetSocketAddress;

/**
 * The server under load, and what a connection says to it. One of these is all that another server
 * needs.
 *
 * <p>Threading: the load client's thread; immutable.
 */
public interface LoadTarget {
  /** How events come. */
  enum Framing {
    /** {@code text/event-stream}, in chunks or not. */
    EVENT_STREAM,
    /** Text frames. */
    WEBSOCKET_TEXT,
    /** Binary frames. */
    WEBSOCKET_BINARY
  }

  /** Where to connect. */
  InetSocketAddress address();

  /** How events come. */
  Framing framing();

  /** What is asked for: the request's path and query. */
  String path(int connection);

  /** Further header lines of the request, each with its line break; for most servers none. */
  default String headers() {
    return "";
  }

  /** Sent in one frame as soon as a WebSocket is open; empty for none. */
  default byte[] firstMessage(int connection) {
    return new byte[0];
  }

  /**
   * This text, ASCII, in what the server sends means that no later event is missed; empty when its
   * answer to the request already does.
   */
  String readyMark();
}
