package dev.tailrace.testing.conversation;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The messages of a WebSocket (RFC 6455) without extensions, at either end. Pings are answered when
 * they are read; fragments are refused, for nobody here sends any.
 *
 * <p>Threading: one reads, one writes.
 */
final class SocketFrames {
  /** What every answer to a handshake is made with: RFC 6455, section 1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;
  private static final int LONGEST = 1 << 20;

  /**
   * A text, or a close.
   *
   * @param closeCode 0: it is none
   * @param text the message, or the close's reason
   */
  record Message(boolean isClose, int closeCode, String text) {
    @Override
    public String toString() {
      return isClose ? "close %d %s".formatted(closeCode, text).strip() : text;
    }
  }

  private final DataInputStream in;
  private final OutputStream out;
  private final boolean masks;

  /**
   * @param masks as clients have to
   */
  SocketFrames(InputStream in, OutputStream out, boolean masks) {
    this.in = new DataInputStream(in);
    this.out = out;
    this.masks = masks;
  }

  /** The {@code Sec-WebSocket-Accept} that answers this {@code Sec-WebSocket-Key}. */
  static String accept(String key) {
    try {
      byte[] both = (key + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The next message.
   *
   * @throws IOException at the end of the connection, or when what comes is none
   */
  Message read() throws IOException {
    while (true) {
      int head = in.readUnsignedByte();
      byte[] payload = readPayload();
      int opcode = head ^ FINAL;
      if (opcode == PING) {
        write(PONG, payload);
      } else if (opcode == CLOSE) {
        ByteBuffer body = ByteBuffer.wrap(payload);
        int code = payload.length < 2 ? 0 : body.getShort();
        return new Message(true, code, StandardCharsets.UTF_8.decode(body).toString());
      } else if (opcode == TEXT) {
        return new Message(false, 0, new String(payload, StandardCharsets.UTF_8));
      } else if (opcode != PONG) {
        throw new IOException("a frame that begins with %#x".formatted(head));
      }
    }
  }

  private byte[] readPayload() throws IOException {
    int second = in.readUnsignedByte();
    long length = second & ~MASKED;
    if (length == TWO_BYTES) {
      length = in.readUnsignedShort();
    } else if (length == EIGHT_BYTES) {
      length = in.readLong();
    }
    if (length > LONGEST) {
      throw new IOException("a frame of %d bytes".formatted(length));
    }
    byte[] mask = new byte[(second & MASKED) == 0 ? 0 : 4];
    in.readFully(mask);
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    for (int i = 0; mask.length > 0 && i < payload.length; i++) {
      payload[i] ^= mask[i % mask.length];
    }
    return payload;
  }

  /** Awaits the end of the connection; false when something else comes. */
  boolean isOver() throws IOException {
    return in.read() < 0;
  }

  void writeText(String text) throws IOException {
    write(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  void writeClose(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    write(CLOSE, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
  }

  /** With a mask of zeros: nobody here needs to be hidden from proxies. */
  private synchronized void write(int opcode, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) (FINAL | opcode));
    int mask = masks ? MASKED : 0;
    if (payload.length < TWO_BYTES) {
      frame.put((byte) (mask | payload.length));
    } else if (payload.length <= 0xffff) {
      frame.put((byte) (mask | TWO_BYTES)).putShort((short) payload.length);
    } else {
      frame.put((byte) (mask | EIGHT_BYTES)).putLong(payload.length);
    }
    if (masks) {
      frame.putInt(0);
    }
    frame.put(payload);
    out.write(frame.array(), 0, frame.position());
    out.flush();
  }
}
