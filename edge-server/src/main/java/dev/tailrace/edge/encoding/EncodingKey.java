package dev.tailrace.edge.encoding;

/** The kinds of bytes that can be shared by all connections which want an event in that form. */
public enum EncodingKey {
  /** The event object, as long poll and history embed it. */
  JSON(0),
  /** An SSE block without its {@code id:} line and end, whose data is the event object. */
  SSE_EVENT(1),
  /** An SSE block without its {@code id:} line and end, with the event's type and bare data. */
  SSE_DATA(2),
  /** A WebSocket text message with its frame header: {@code {"event":…}}. */
  WEBSOCKET_JSON(3),
  /** A WebSocket binary message with its frame header: a {@code ServerFrame}. */
  WEBSOCKET_PROTO(4),
  /** {@link #WEBSOCKET_JSON} compressed (RFC 7692), or as it is when that is not worth it. */
  WEBSOCKET_JSON_DEFLATED(5),
  /** {@link #WEBSOCKET_PROTO} compressed (RFC 7692), or as it is when that is not worth it. */
  WEBSOCKET_PROTO_DEFLATED(6);

  private final int slot;

  EncodingKey(int slot) {
    this.slot = slot;
  }

  /** What a log entry knows it by. */
  int slot() {
    return slot;
  }
}
