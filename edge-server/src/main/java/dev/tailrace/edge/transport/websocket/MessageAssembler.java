package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of a message together, within a bound, and expands it if it is compressed: then
 * the bound is that of both its forms. Jetty has checked the frames themselves (RFC 6455, section
 * 5): masks, lengths, the order of fragments.
 *
 * <p>Threading: one frame at a time, as Jetty delivers them.
 */
final class MessageAssembler {
  /** A message cannot be taken; the connection is over. */
  static final class RefusedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final DisconnectReason reason;

    RefusedMessageException(DisconnectReason reason) {
      super(reason.text(), null, false, false);
      this.reason = reason;
    }

    DisconnectReason reason() {
      return reason;
    }
  }

  private final int maxBytes;
  private final byte expected;
  private final MessageInflater inflater;
  private @Nullable ByteArrayOutputStream partial;
  private boolean compressed;

  MessageAssembler(int maxBytes, Subprotocol subprotocol, MessageInflater inflater) {
    this.maxBytes = maxBytes;
    this.inflater = inflater;
    this.expected = subprotocol == Subprotocol.JSON ? OpCode.TEXT : OpCode.BINARY;
  }

  /** The message that this frame completes, or null when more is to come. */
  byte @Nullable [] add(Frame frame) throws RefusedMessageException {
    if (frame.getOpCode() != OpCode.CONTINUATION && frame.getOpCode() != expected) {
      throw new RefusedMessageException(DisconnectReason.UNSUPPORTED_DATA);
    }
    if (frame.getOpCode() != OpCode.CONTINUATION) {
      compressed = frame.isRsv1();
    }
    ByteArrayOutputStream sofar = partial == null ? new ByteArrayOutputStream(64) : partial;
    ByteBuffer payload = frame.getPayload();
    if (sofar.size() + payload.remaining() > maxBytes) {
      throw new RefusedMessageException(DisconnectReason.TOO_LARGE);
    }
    while (payload.hasRemaining()) {
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      sofar.writeBytes(bytes);
    }
    if (!frame.isFin()) {
      partial = sofar;
      return null;
    }
    partial = null;
    byte[] message = compressed ? inflater.inflate(sofar, maxBytes) : sofar.toByteArray();
    if (expected == OpCode.TEXT) {
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
