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
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bytes of an event, once per log entry and {@link EncodingKey}: they hold nothing of a
 * connection's own, and no address but the matched one.
 *
 * <p>Threading: any thread; delivery agents share one. What is being made is guarded by its entry.
 */
public final class EventEncoder implements AutoCloseable {
  private final ClusterTag tag;
  private final EncodingListener listener;
  private final MessageDeflater deflater = new MessageDeflater();

  /** What nobody is encoding with; who finds none makes one. */
  private final AtomicReference<@Nullable EventText> spare = new AtomicReference<>();

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
      case JSON -> text(entry, EventText::json);
      case SSE_EVENT -> text(entry, EventText::sseEvent);
      case SSE_DATA -> text(entry, EventText::sseData);
      case WEBSOCKET_JSON -> text(entry, EventText::webSocketJson);
      case WEBSOCKET_PROTO ->
          WireFrame.of(WireFrame.BINARY, frame(parse(entry), cursorAfter(entry)).toByteArray());
      case WEBSOCKET_JSON_DEFLATED -> deflater.deflate(encode(entry, EncodingKey.WEBSOCKET_JSON));
      case WEBSOCKET_PROTO_DEFLATED -> deflater.deflate(encode(entry, EncodingKey.WEBSOCKET_PROTO));
    };
  }

  private byte[] text(LogEntry entry, BiFunction<EventText, LogEntry, byte[]> form) {
    EventText text = spare.getAndSet(null); // nobody else has it now
    if (text == null) {
      text = new EventText(tag);
    }
    byte[] made = form.apply(text, entry);
    spare.set(text);
    return made;
  }

  /** The delivery an entry holds; for notices about it. */
  public static Delivery parse(LogEntry entry) {
    CodedInputStream value = UnsafeByteOperations.unsafeWrap(entry.value()).newCodedInput();
    value.enableAliasing(true); // an entry's bytes do not change
    try {
      return Delivery.parseFrom(value);
    } catch (IOException e) {
      throw new IllegalStateException("the tail keeps only what Protobuf can read", e);
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
