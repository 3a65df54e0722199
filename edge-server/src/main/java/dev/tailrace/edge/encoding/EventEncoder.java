package dev.tailrace.edge.encoding;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.EventFrame;
import dev.tailrace.v1.ServerFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Makes the bytes of an event, once per log entry and {@link EncodingKey}: they hold nothing of a
 * connection's own, and no address but the matched one.
 *
 * <p>Threading: any thread; delivery agents share one. What is being made is guarded by its entry.
 */
public final class EventEncoder implements AutoCloseable {
  private static final byte[] DATA_FIELD = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENT_FIELD = "event: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FRAME_START = "{\"event\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FRAME_END = {'}'};
  private static final byte[] LINE_END = {'\n'};
  private static final byte[] NOTHING = {};

  private final ClusterTag tag;
  private final EncodingListener listener;
  private final MessageDeflater deflater = new MessageDeflater();

  /** An encoder whose cursors carry this tag. */
  public EventEncoder(ClusterTag tag, EncodingListener listener) {
    this.tag = tag;
    this.listener = listener;
  }

  /** The entry's bytes in this form, made if nobody needed them before; not to be modified. */
  public byte[] encode(LogEntry entry, EncodingKey key) {
    byte[] known = entry.encoding(key.slot());
    return known == null ? encodeOnce(entry, key) : known;
  }

  /**
   * An agent that comes to an entry while another encodes it waits: making it anew is no faster.
   */
  private byte[] encodeOnce(LogEntry entry, EncodingKey key) {
    synchronized (entry) {
      byte[] known = entry.encoding(key.slot());
      if (known != null) {
        return known;
      }
      byte[] made = make(entry, key);
      entry.keepEncoding(key.slot(), made);
      listener.onEncoded(key);
      return made;
    }
  }

  private byte[] make(LogEntry entry, EncodingKey key) {
    return switch (key) {
      case JSON -> object(entry, NOTHING, NOTHING).toByteArray();
      case SSE_EVENT -> object(entry, DATA_FIELD, LINE_END).toByteArray();
      case SSE_DATA -> bareData(parse(entry).getEvent());
      case WEBSOCKET_JSON -> {
        JsonBuffer message = object(entry, FRAME_START, FRAME_END);
        yield WireFrame.of(WireFrame.TEXT, message.array(), message.length());
      }
      case WEBSOCKET_PROTO ->
          WireFrame.of(WireFrame.BINARY, frame(parse(entry), cursorAfter(entry)).toByteArray());
      case WEBSOCKET_JSON_DEFLATED -> deflater.deflate(encode(entry, EncodingKey.WEBSOCKET_JSON));
      case WEBSOCKET_PROTO_DEFLATED -> deflater.deflate(encode(entry, EncodingKey.WEBSOCKET_PROTO));
    };
  }

  private JsonBuffer object(LogEntry entry, byte[] before, byte[] after) {
    JsonBuffer out = new JsonBuffer(entry.value().length + 256);
    out.raw(before);
    JsonEvent.write(parse(entry), cursorAfter(entry), out);
    out.raw(after);
    return out;
  }

  /** The delivery an entry holds; for notices about it. */
  public static Delivery parse(LogEntry entry) {
    CodedInputStream value = UnsafeByteOperations.unsafeWrap(entry.value()).newCodedInput();
    value.enableAliasing(true); // an entry's bytes do not change
    try {
      return Delivery.parseFrom(value);
    } catch (IOException e) {
      throw new IllegalStateException("the tail keeps only what it could parse", e);
    }
  }

  /** The position just after an entry in its own partition, the same for everybody. */
  public String cursorAfter(LogEntry entry) {
    return cursorAt(entry.partition(), entry.nextOffset());
  }

  /** A cursor of one partition. */
  public String cursorAt(LanePartition partition, long position) {
    StringBuilder text = new StringBuilder(32).append(tag.text());
    CursorCodec.append(text, partition, position);
    return text.toString();
  }

  private static byte[] bareData(Event event) {
    byte[] data = BareData.of(event);
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + 256);
    if (!event.getType().isEmpty()) {
      out.writeBytes(EVENT_FIELD);
      out.writeBytes(event.getType().getBytes(StandardCharsets.US_ASCII));
      out.write('\n');
    }
    out.writeBytes(DATA_FIELD);
    for (int i = 0; i < data.length; i++) {
      byte b = data[i];
      if (b == '\r' || b == '\n') {
        if (b == '\r' && i + 1 < data.length && data[i + 1] == '\n') {
          i++;
        }
        out.write('\n');
        out.writeBytes(DATA_FIELD);
      } else {
        out.write(b);
      }
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static ServerFrame frame(Delivery delivery, String cursor) {
    Event event = delivery.getEvent();
    EventFrame.Builder frame =
        EventFrame.newBuilder()
            .setChannel(delivery.getChannel())
            .setId(event.getId())
            .setType(event.getType())
            .setContentType(event.getContentType())
            .setData(event.getData())
            .putAllAttributes(event.getAttributesMap())
            .setConflationKey(event.getConflationKey())
            .setCursor(cursor);
    if (event.hasTime()) {
      frame.setTime(event.getTime());
    }
    return ServerFrame.newBuilder().setEvent(frame).build();
  }

  @Override
  public void close() {
    deflater.close();
  }
}
