package dev.tailrace.benchmarks.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An event as it is written, encoded once for all.
 *
 * <p>Threading: immutable; each asker gets a buffer of its own over the same bytes.
 */
final class OutgoingEvent {
  private static final byte[] FIELD = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final byte[] block;

  /**
   * @param data one line
   */
  OutgoingEvent(byte[] data) {
    block =
        ByteBuffer.allocate(FIELD.length + data.length + END.length)
            .put(FIELD)
            .put(data)
            .put(END)
            .array();
  }

  /** A block of an event stream. */
  ByteBuffer block() {
    return ByteBuffer.wrap(block);
  }

  /** The payload of a frame. */
  ByteBuffer payload() {
    return ByteBuffer.wrap(block, FIELD.length, block.length - FIELD.length - END.length);
  }
}
