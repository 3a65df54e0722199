package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a message together, within a bound, and expands it if it is compressed: then
 * the bound is that of both its forms. Frames without a byte have a bound of their own, for their
 * message would never end. {@link FrameReader} has checked the frames themselves.
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
    }
    ByteArrayOutputStream sofar = partial == null ? new ByteArrayOutputStream(64) : partial;
    ByteBuffer payload = frame.payload();
    if (sofar.size() + payload.remaining() > maxBytes) {
      throw new RefusedMessageException(DisconnectReason.TOO_LARGE);
    }
    if (!payload.hasRemaining() && ++emptyFrames > MAX_EMPTY_FRAMES) {
      throw new RefusedMessageException(DisconnectReason.PROTOCOL_ERROR, "too many empty frames");
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
    byte[] message = compressed ? inflater.inflate(sofar, maxBytes) : sofar.toByteArray();
    if (expected == WireFrame.TEXT) {
      requireUtf8(message);
    }
    return message;
  }

  private static void requireUtf8(byte[] message) throws RefusedMessageException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
    } catch (CharacterCodingException e) {
      throw new RefusedMessageException(DisconnectReason.MALFORMED);
    }
  }
}
