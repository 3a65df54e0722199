package dev.tailrace.edge.encoding;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.lane.DeliveryFields;
import dev.tailrace.edge.lane.FieldBytes;
import dev.tailrace.edge.log.LogEntry;
import java.nio.charset.StandardCharsets;

/**
 * Puts the text of events together, one after the other: what it needs for that it has once, so
 * that an event leaves nothing behind but its own bytes.
 *
 * <p>Threading: one owner at a time.
 */
final class EventText {
  private static final byte[] DATA_FIELD = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENT_FIELD = "event: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FRAME_START = "{\"event\":".getBytes(StandardCharsets.US_ASCII);
  private static final int USUAL_BYTES = 1 << 10;

  private final DeliveryFields delivery = DeliveryFields.ofContent();
  private final JsonBuffer out = new JsonBuffer(USUAL_BYTES);
  private final StringBuilder cursor;
  private final int tagLength;

  /** Whose cursors carry this tag. */
  EventText(ClusterTag tag) {
    this.cursor = new StringBuilder(64).append(tag.text());
    this.tagLength = cursor.length();
  }

  /** {@link EncodingKey#JSON}. */
  byte[] json(LogEntry entry) {
    read(entry);
    object(entry);
    return out.toByteArray();
  }

  /** {@link EncodingKey#SSE_EVENT}. */
  byte[] sseEvent(LogEntry entry) {
    read(entry);
    out.raw(DATA_FIELD);
    object(entry);
    out.raw('\n');
    return out.toByteArray();
  }

  /** {@link EncodingKey#SSE_DATA}. */
  byte[] sseData(LogEntry entry) {
    read(entry);
    bareData();
    return out.toByteArray();
  }

  /** {@link EncodingKey#WEBSOCKET_JSON}. */
  byte[] webSocketJson(LogEntry entry) {
    read(entry);
    out.raw(FRAME_START);
    object(entry);
    out.raw('}');
    return WireFrame.of(WireFrame.TEXT, out.array(), out.length());
  }

  private void read(LogEntry entry) {
    try {
      delivery.read(entry.value());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the tail keeps only what it could read", e);
    }
    out.clear();
  }

  private void object(LogEntry entry) {
    cursor.setLength(tagLength);
    CursorCodec.append(cursor, entry.partition(), entry.nextOffset());
    JsonEvent.write(delivery, cursor, out);
  }

  /** Lines of an event stream end with CR, LF or both (WHATWG HTML, 9.2.6). */
  private void bareData() {
    if (!delivery.type().isEmpty()) {
      out.raw(EVENT_FIELD);
      out.raw(delivery.type());
      out.raw('\n');
    }
    out.raw(DATA_FIELD);
    FieldBytes data = BareData.of(delivery.contentType().text(), delivery.data());
    byte[] bytes = data.array();
    for (int i = data.from(); i < data.end(); i++) {
      char b = (char) (bytes[i] & 0xff);
      if (b == '\r' || b == '\n') {
        if (b == '\r' && i + 1 < data.end() && bytes[i + 1] == '\n') {
          i++;
        }
        out.raw('\n');
        out.raw(DATA_FIELD);
      } else {
        out.raw(b);
      }
    }
    out.raw('\n');
  }
}
