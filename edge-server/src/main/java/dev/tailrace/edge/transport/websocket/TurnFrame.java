package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.WriteCallback;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.TurnWrite;
import java.nio.ByteBuffer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A turn of many messages that Jetty's session takes for one frame, and so writes in one piece,
 * with no control frame in between: it says the length of the first message, for which Jetty makes
 * the header, and its payload goes on with the messages after it, each with a header of its own.
 *
 * <p>Threading: the delivery agent until it is sent, Jetty's threads then.
 */
final class TurnFrame extends Frame {
  private final TurnBuffers buffers;
  private final byte[] first;
  private final int header;
  private @Nullable TurnBuffer bytes;

  /** A turn that begins with this message, in the form of {@link WireFrame}. */
  TurnFrame(TurnBuffers buffers, byte[] first) {
    super(WireFrame.opCode(first));
    this.buffers = buffers;
    this.first = first;
    this.header = WireFrame.headerBytes(first);
    setRsv1(WireFrame.isDeflated(first));
  }

  void add(byte[] message) {
    TurnBuffer to = bytes;
    if (to == null) {
      to = buffers.acquire(first.length + message.length);
      to.put(first, header);
      bytes = to;
    }
    to.put(message);
  }

  int length() {
    return bytes == null ? first.length : header + bytes.length();
  }

  /**
   * Nothing can be added after this. A message alone is written from where all have it.
   *
   * @return what is to hear how the write of this frame ended
   */
  Callback complete(WriteCallback written) {
    setPayload(
        bytes == null
            ? ByteBuffer.wrap(first, header, first.length - header).slice()
            : bytes.toWrite());
    return new TurnWrite(bytes, written);
  }

  void release() {
    if (bytes != null) {
      bytes.release();
    }
  }

  @Override
  public int getPayloadLength() {
    return first.length - header;
  }
}
