package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a message together, within a bound, and expands it if it is compressed: then
 * the bound is that of both its forms. Frames without a byte have a bound of their own, for their
 * message would never end. {@link FrameReader} has checked the frames themselves.
 *
 * <p>Text that is not UTF-8 is refused at its first bad byte, as it comes in; compressed text when
 * it is whole, for it is not expanded before.
 *
 * <p>Threading: one frame at a time.
 */
final class MessageAssembler {
  /** A message cannot be taken; the connection is over. */
  static final class RefusedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DisconnectReason reason;

    RefusedMessageException(DisconnectReason reason) {
      this(reason, reason.text());
    }

    RefusedMessageException(DisconnectReason reason, String message) {
      super(message, null, false, false);
      this.reason = reason;
    }

    DisconnectReason reason() {
      return reason;
    }
  }

  /** As many as nobody needs. */
  static final int MAX_EMPTY_FRAMES = 1_000;

  private final int maxBytes;
  private final byte expected;
  private final MessageInflater inflater;
  private final Utf8Check utf8 = new Utf8Check();
  private @Nullable ByteArrayOutputStream partial;
  private boolean compressed;
  private int emptyFrames;

  MessageAssembler(int maxBytes, Subprotocol subprotocol, MessageInflater inflater) {
    this.maxBytes = maxBytes;
    this.inflater = inflater;
    this.expected = subprotocol == Subprotocol.JSON ? WireFrame.TEXT : WireFrame.BINARY;
  }

  /** The message that this frame completes, or null when more is to come. */
  byte @Nullable [] add(ReceivedFrame frame) throws RefusedMessageException {
    if (frame.opCode() != WireFrame.CONTINUATION && frame.opCode() != expected) {
      throw new RefusedMessageException(DisconnectReason.UNSUPPORTED_DATA);
    }
    if (frame.opCode() != WireFrame.CONTINUATION) {
      compressed = frame.compressed();
      emptyFrames = 0;
      utf8.begin();
    }
    ByteArrayOutputStream sofar = partial == null ? new ByteArrayOutputStream(64) : partial;
    ByteBuffer payload = frame.payload();
    if (sofar.size() + payload.remaining() > maxBytes) {
      throw new RefusedMessageException(DisconnectReason.TOO_LARGE);
    }
    if (!payload.hasRemaining() && ++emptyFrames > MAX_EMPTY_FRAMES) {
      throw new RefusedMessageException(DisconnectReason.PROTOCOL_ERROR, "too many empty frames");
    }
    if (!compressed) {
      requireUtf8(payload, frame.fin());
    }
    while (payload.hasRemaining()) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      sofar.writeBytes(bytes);
    }
    if (!frame.fin()) {
      partial = sofar;
      return null;
    }
    partial = null;
    if (!compressed) {
      return sofar.toByteArray();
    }
    byte[] message = inflater.inflate(sofar, maxBytes);
    requireUtf8(ByteBuffer.wrap(message), true);
    return message;
  }

  private void requireUtf8(ByteBuffer piece, boolean last) throws RefusedMessageException {
    if (expected == WireFrame.TEXT && !(utf8.accepts(piece) && (!last || utf8.isAtEnd()))) {
      throw new RefusedMessageException(DisconnectReason.MALFORMED);
    }
  }
}
