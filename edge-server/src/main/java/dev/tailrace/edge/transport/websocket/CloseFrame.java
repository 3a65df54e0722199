package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The payload of close frames (RFC 6455, sections 5.5.1 and 7.4).
 *
 * <p>Threading: stateless.
 */
final class CloseFrame {
  private static final int CODE_BYTES = 2;
  private static final int FIRST_DEFINED = 1000;
  private static final int LAST_DEFINED = 1014;
  private static final int FIRST_OF_APPLICATIONS = 3000;
  private static final int LAST_OF_APPLICATIONS = 4999;

  private CloseFrame() {}

  /** A whole frame of a server. */
  static byte[] of(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuffer payload = ByteBuffer.allocate(CODE_BYTES + text.length);
    payload.putShort((short) code).put(text);
    return WireFrame.of(WireFrame.CLOSE, payload.array());
  }

  /**
   * The answer to a client's close frame: its own code.
   *
   * @throws RefusedMessageException the frame is not well-formed
   */
  static byte[] answer(ByteBuffer received) throws RefusedMessageException {
    if (!received.hasRemaining()) {
      return WireFrame.of(WireFrame.CLOSE, new byte[0]);
    }
    if (received.remaining() < CODE_BYTES) {
      throw new RefusedMessageException(DisconnectReason.PROTOCOL_ERROR, "half a close code");
    }
    int code = received.getShort() & 0xFFFF;
    if (!mayBeSent(code)) {
      throw new RefusedMessageException(
          DisconnectReason.PROTOCOL_ERROR, "a close code that may not be sent");
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(received);
    } catch (CharacterCodingException e) {
      throw new RefusedMessageException(DisconnectReason.MALFORMED);
    }
    return of(code, "");
  }

  private static boolean mayBeSent(int code) {
    return switch (code) {
      case 1004, 1005, 1006 -> false;
      default ->
          (code >= FIRST_DEFINED && code <= LAST_DEFINED)
              || (code >= FIRST_OF_APPLICATIONS && code <= LAST_OF_APPLICATIONS);
    };
  }
}
