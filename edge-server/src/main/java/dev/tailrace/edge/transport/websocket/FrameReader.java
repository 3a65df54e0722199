package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.encoding.WireFrame;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into frames (RFC 6455, section 5), and refuses what may not be one. It
 * makes room for a control frame's 125 bytes, and for nothing else: data is handed on as it comes
 * in, whatever length a header claims.
 *
 * <p>Threading: one thread at a time.
 */
final class FrameReader {
  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int OTHER_RSV = 0x30;
  private static final int MASKED = 0x80;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;
  private static final int FIRST_BYTES = 2;
  private static final int MASK_BYTES = 4;
  private static final int MAX_CONTROL_BYTES = 125;
  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final boolean mayBeCompressed;
  private int headRead;
  private int first;
  private int lengthBytes;
  private int mask;
  private int masked;

  /** Whether a piece of this frame has been handed on. */
  private boolean begun;

  /** Of the frame's payload, what has not come in. */
  private long remaining;

  /** Whether a message is under way, and more frames of it are to come. */
  private boolean inMessage;

  private byte @Nullable [] control;

  /** Of a client with which compression was agreed on, or not. */
  FrameReader(boolean mayBeCompressed) {
    this.mayBeCompressed = mayBeCompressed;
  }

  /**
   * The next frame, or piece of one.
   *
   * @param in what has come in; its bytes are changed
   * @return null when more has to come in first; then all of these bytes are taken
   * @throws RefusedMessageException they are no frame: nothing that follows can be read
   */
  @Nullable ReceivedFrame next(ByteBuffer in) throws RefusedMessageException {
    while (!isInPayload()) {
      if (!in.hasRemaining()) {
        return null;
      }
      readHead(in.get() & 0xFF);
    }
    return isControl() ? controlFrame(in) : dataFrame(in);
  }

  private boolean isInPayload() {
    return headRead > 0 && headRead == FIRST_BYTES + lengthBytes + MASK_BYTES;
  }

  private void readHead(int next) throws RefusedMessageException {
    if (headRead == 0) {
      first = next;
      lengthBytes = 0;
      mask = 0;
      masked = 0;
      begun = false;
    } else if (headRead == 1) {
      begin(next);
    } else if (headRead < FIRST_BYTES + lengthBytes) {
      remaining = remaining << Byte.SIZE | next;
    } else {
      mask = mask << Byte.SIZE | next;
    }
    headRead++;
    if (remaining < 0) {
      throw broken("a length of more than 63 bits");
    }
  }

  private void begin(int second) throws RefusedMessageException {
    if ((second & MASKED) == 0) {
      throw broken("a frame without a mask");
    }
    int length = second & ~MASKED;
    switch (opCode()) {
      case WireFrame.TEXT, WireFrame.BINARY -> {
        require(!inMessage, "a message inside a message");
        require((first & RSV1) == 0 || mayBeCompressed, "RSV1 without an extension");
        inMessage = !isFin();
      }
      case WireFrame.CONTINUATION -> {
        require(inMessage, "a continuation of nothing");
        require((first & RSV1) == 0, "RSV1 belongs to a message's first frame");
        inMessage = !isFin();
      }
      case WireFrame.CLOSE, WireFrame.PING, WireFrame.PONG -> {
        require(isFin() && length <= MAX_CONTROL_BYTES, "a control frame that is too long");
        require((first & RSV1) == 0, "RSV1 on a control frame");
      }
      default -> throw broken("an unknown opcode");
    }
    require((first & OTHER_RSV) == 0, "RSV2 or RSV3");
    lengthBytes = length == SHORT_LENGTH ? Short.BYTES : length == LONG_LENGTH ? Long.BYTES : 0;
    remaining = lengthBytes == 0 ? length : 0;
  }

  private byte opCode() {
    return (byte) (first & 0x0F);
  }

  private boolean isFin() {
    return (first & FIN) != 0;
  }

  private boolean isControl() {
    return opCode() >= WireFrame.CLOSE;
  }

  private static void require(boolean wellFormed, String otherwise) throws RefusedMessageException {
    if (!wellFormed) {
      throw broken(otherwise);
    }
  }

  private static RefusedMessageException broken(String how) {
    return new RefusedMessageException(DisconnectReason.PROTOCOL_ERROR, how);
  }

  private @Nullable ReceivedFrame controlFrame(ByteBuffer in) {
    byte[] payload = control;
    if (payload == null) {
      payload = new byte[(int) remaining];
      control = payload;
    }
    int count = (int) Math.min(remaining, in.remaining());
    unmask(in, count).get(payload, payload.length - (int) remaining, count);
    remaining -= count;
    if (remaining > 0) {
      return null;
    }
    control = null;
    headRead = 0;
    return new ReceivedFrame(opCode(), true, false, ByteBuffer.wrap(payload));
  }

  private @Nullable ReceivedFrame dataFrame(ByteBuffer in) {
    if (remaining > 0 && !in.hasRemaining()) {
      return null;
    }
    int count = (int) Math.min(remaining, in.remaining());
    ByteBuffer piece = count == 0 ? EMPTY : unmask(in, count);
    remaining -= count;
    boolean begins = !begun;
    boolean whole = remaining == 0;
    begun = true;
    if (whole) {
      headRead = 0;
    }
    return new ReceivedFrame(
        begins ? opCode() : WireFrame.CONTINUATION,
        whole && isFin(),
        begins && (first & RSV1) != 0,
        piece);
  }

  /** Takes so many bytes, and changes them where they lie. */
  private ByteBuffer unmask(ByteBuffer in, int count) {
    int from = in.position();
    for (int i = from; i < from + count; i++, masked++) {
      int shift = Byte.SIZE * (MASK_BYTES - 1 - (masked & (MASK_BYTES - 1)));
      in.put(i, (byte) (in.get(i) ^ mask >>> shift));
    }
    ByteBuffer piece = in.slice(from, count);
    in.position(from + count);
    return piece;
  }
}
