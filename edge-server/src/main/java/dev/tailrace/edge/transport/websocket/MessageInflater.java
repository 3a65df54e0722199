package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.eclipse.jetty.util.compression.CompressionPool;
import org.eclipse.jetty.util.compression.InflaterPool;

/**
 * Expands clients' messages (RFC 7692, section 7.2.2), whole ones only: so a decompressor is needed
 * for a moment, and none belongs to a connection.
 *
 * <p>Threading: any thread.
 */
final class MessageInflater {
  private static final int PIECE_BYTES = 4 << 10;

  /** What a message leaves out at its end. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** A final block is followed by the first byte of an empty one, whose others are the tail. */
  private static final int MAX_AFTER_FINAL_BLOCK = 1 + TAIL.length;

  private final InflaterPool inflaters;

  /** Takes its decompressors from there. */
  MessageInflater(InflaterPool inflaters) {
    this.inflaters = inflaters;
  }

  /**
   * The message that this is the compressed form of.
   *
   * @param maxBytes bound of its length; what is longer is not expanded any further
   */
  byte[] inflate(ByteArrayOutputStream compressed, int maxBytes) throws RefusedMessageException {
    compressed.writeBytes(TAIL);
    CompressionPool<Inflater>.Entry pooled = inflaters.acquire();
    try {
      return inflate(pooled.get(), compressed.toByteArray(), maxBytes);
    } catch (DataFormatException e) {
      throw new RefusedMessageException(DisconnectReason.MALFORMED);
    } finally {
      pooled.release();
    }
  }

  private static byte[] inflate(Inflater inflater, byte[] compressed, int maxBytes)
      throws DataFormatException, RefusedMessageException {
    ByteArrayOutputStream message = new ByteArrayOutputStream(2 * compressed.length);
    byte[] piece = new byte[PIECE_BYTES];
    inflater.setInput(compressed);
    for (int n = inflater.inflate(piece); n > 0; n = inflater.inflate(piece)) {
      if (message.size() + n > maxBytes) {
        throw new RefusedMessageException(DisconnectReason.TOO_LARGE);
      }
      message.write(piece, 0, n);
    }
    if (inflater.getRemaining() > (inflater.finished() ? MAX_AFTER_FINAL_BLOCK : 0)) {
      throw new DataFormatException("something follows the message");
    }
    return message.toByteArray();
  }
}
