package dev.tailrace.edge.encoding;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.Deflater;

/**
 * Compresses WebSocket messages as {@code permessage-deflate} wants them (RFC 7692, section 7.2.1),
 * each by itself: what one connection can read without what came before, all of them can.
 *
 * <p>Threading: any thread. There are as many compressors as threads ever compressed at the same
 * time, some 260 KiB outside the heap each, and none belongs to a connection.
 */
final class MessageDeflater implements AutoCloseable {
  /** Below this it costs more than the few bytes are worth: see ADR 0011. */
  static final int MIN_PAYLOAD_BYTES = 512;

  /** Of 4 KiB, level 6 makes 1.7 KB instead of 1.8, in twice the time. */
  private static final int LEVEL = Deflater.BEST_SPEED;

  /** The 00 00 FF FF that ends a flush, and that a message leaves out. */
  private static final int TAIL_BYTES = 4;

  private final Queue<Deflater> idle = new ConcurrentLinkedQueue<>();

  /** The compressed form of a whole frame; the frame itself if it is short or gets no shorter. */
  byte[] deflate(byte[] frame) {
    int header = WireFrame.headerBytes(frame);
    int length = frame.length - header;
    if (length < MIN_PAYLOAD_BYTES) {
      return frame;
    }
    byte[] out = new byte[length];
    int flushed = deflate(frame, header, out);
    return flushed == length
        ? frame
        : WireFrame.ofDeflated(WireFrame.opCode(frame), out, flushed - TAIL_BYTES);
  }

  private int deflate(byte[] frame, int header, byte[] out) {
    Deflater pooled = idle.poll();
    Deflater deflater = pooled == null ? new Deflater(LEVEL, true) : pooled;
    deflater.setInput(frame, header, frame.length - header);
    int flushed = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.reset();
    idle.add(deflater);
    return flushed;
  }

  /** Releases the compressors; nobody may compress any more. */
  @Override
  public void close() {
    for (Deflater deflater = idle.poll(); deflater != null; deflater = idle.poll()) {
      deflater.end();
    }
  }
}
