package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.TurnWrite;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames that go out in one write. One alone is written from where all have it; more are copied
 * into one buffer.
 *
 * <p>Threading: the delivery agent until it is written, Jetty's threads then.
 */
final class MessageRun {
  private final TurnBuffers buffers;
  private final byte[] first;
  private @Nullable TurnBuffer copied;

  /** That begins with this frame. */
  MessageRun(TurnBuffers buffers, byte[] first) {
    this.buffers = buffers;
    this.first = first;
  }

  void add(byte[] frame) {
    TurnBuffer to = copied;
    if (to == null) {
      to = buffers.acquire(first.length + frame.length);
      to.put(first);
      copied = to;
    }
    to.put(frame);
  }

  int length() {
    return copied == null ? first.length : copied.length();
  }

  /** Writes it to a connection; nothing can be added after this. */
  void writeTo(WebSocketConnection connection, WriteCallback written) {
    TurnBuffer from = copied;
    connection.write(
        new TurnWrite(from, written), from == null ? ByteBuffer.wrap(first) : from.toWrite());
  }

  void release() {
    if (copied != null) {
      copied.release();
    }
  }
}
