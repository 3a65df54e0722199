package dev.tailrace.edge.encoding;

import java.nio.ByteBuffer;

/**
 * WebSocket messages as they go over the wire from a server: one unmasked frame with its header
 * (RFC 6455, section 5.2), the same bytes for every connection.
 *
 * <p>Threading: stateless.
 */
public final class WireFrame {
  /** Opcodes: a message goes on. */
  public static final byte CONTINUATION = 0;

  /** A message of text. */
  public static final byte TEXT = 1;

  /** A message of bytes. */
  public static final byte BINARY = 2;

  /** The last frame of a side. */
  public static final byte CLOSE = 8;

  /** Asks for a pong. */
  public static final byte PING = 9;

  /** Answers a ping. */
  public static final byte PONG = 10;

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;

  private WireFrame() {}

  /** A whole message, or a control frame. */
  public static byte[] of(byte opCode, byte[] payload) {
    return of(opCode, payload, payload.length);
  }

  /** A whole message: so many bytes of this array. */
  static byte[] of(byte opCode, byte[] payload, int length) {
    return of(FIN | opCode, payload, length);
  }

  /** A whole message that is compressed (RFC 7692): so many bytes of this array. */
  static byte[] ofDeflated(byte opCode, byte[] payload, int length) {
    return of(FIN | RSV1 | opCode, payload, length);
  }

  private static byte[] of(int firstByte, byte[] payload, int length) {
    ByteBuffer frame = ByteBuffer.allocate(headerBytesFor(length) + length);
    frame.put((byte) firstByte);
    if (length < SHORT_LENGTH) {
      frame.put((byte) length);
    } else if (length <= 0xFFFF) {
      frame.put((byte) SHORT_LENGTH).putShort((short) length);
    } else {
      frame.put((byte) LONG_LENGTH).putLong(length);
    }
    return frame.put(payload, 0, length).array();
  }

  private static int headerBytesFor(int length) {
    if (length < SHORT_LENGTH) {
      return 2;
    }
    return length <= 0xFFFF ? 4 : 10;
  }

  /** How long the header of such a frame is. */
  static int headerBytes(byte[] frame) {
    return switch (frame[1] & 0x7F) {
      case SHORT_LENGTH -> 4;
      case LONG_LENGTH -> 10;
      default -> 2;
    };
  }

  /** The opcode of such a frame. */
  static byte opCode(byte[] frame) {
    return (byte) (frame[0] & 0x0F);
  }
}
