package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.TurnBuffer;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.websocket.core.Frame;

/**
 * A turn of many messages that Jetty's session takes for one frame, and so writes in one piece,
 * with no control frame in between: it says the length of the first message, for which Jetty makes
 * the header, and its payload goes on with the messages after it, each with a header of its own.
 *
 * <p>Threading: the delivery agent until it is sent, Jetty's threads then.
 */
final class TurnFrame extends Frame {
  private final TurnBuffer bytes;
  private final int firstLength;

  /** A turn that begins with this message, in the form of {@link WireFrame}. */
  TurnFrame(ByteBufferPool pool, byte[] first) {
    super(WireFrame.opCode(first));
    setRsv1(WireFrame.isDeflated(first));
    int header = WireFrame.headerBytes(first);
    firstLength = first.length - header;
    bytes = new TurnBuffer(pool, firstLength);
    bytes.put(first, header);
  }

  void add(byte[] message) {
    bytes.put(message);
  }

  int length() {
    return bytes.length();
  }

  /** Nothing can be added after this. */
  void complete() {
    setPayload(bytes.toWrite());
  }

  void release() {
    bytes.release();
  }

  @Override
  public int getPayloadLength() {
    return firstLength;
  }
}
