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
  WEBSOCKET_PROTO(4);

  private final int slot;

  EncodingKey(int slot) {
    this.slot = slot;
  }

  /** Its place among a log entry's encodings. */
  int slot() {
    return slot;
  }
}
