package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadTarget.Framing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a client writes: its request, and masked WebSocket frames.
 *
 * <p>Threading: stateless.
 */
final class ClientBytes {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PONG = 10;

  private static final int MASK = 0x80;
  private static final int FIN = 0x80;
  private static final int LONGEST_SHORT = 125;

  private ClientBytes() {}

  /** The opening request of a connection. */
  static ByteBuffer request(LoadTarget target, int connection) {
    String upgrade =
        target.framing() == Framing.EVENT_STREAM
            ? "Accept: text/event-stream\r\n"
            : "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    return ByteBuffer.wrap(
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s\r\n"
            .formatted(
                target.path(connection),
                target.address().getHostString(),
                target.address().getPort(),
                upgrade,
                target.headers())
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  /** One frame; the mask is zero, which RFC 6455 allows and nobody here has to be safe from. */
  static ByteBuffer frame(int opcode, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(8 + payload.length);
    frame.put((byte) (FIN | opcode));
    if (payload.length <= LONGEST_SHORT) {
      frame.put((byte) (MASK | payload.length));
    } else {
      frame.put((byte) (MASK | 126)).putShort((short) payload.length);
    }
    return frame.putInt(0).put(payload).flip();
  }
}
