package dev.tailrace.testing.conversation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body in chunks (RFC 9112, section 7.1) without trailers. It ends with its last chunk; a
 * connection that ends before is a fault.
 *
 * <p>Threading: one thread.
 */
final class ChunkedInput extends InputStream {
  private static final int HEX = 16;

  private final InputStream in;
  private int left;
  private boolean started;
  private boolean over;

  ChunkedInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    if (left == 0 && !over) {
      begin();
    }
    if (over) {
      return -1;
    }
    int next = in.read();
    if (next < 0) {
      throw new EOFException("cut within a chunk");
    }
    left--;
    return next;
  }

  /** One by one: what reads lines is not to wait for more than there is. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int next = length == 0 ? 0 : read();
    if (next < 0) {
      return -1;
    }
    bytes[offset] = (byte) next;
    return Math.min(length, 1);
  }

  private void begin() throws IOException {
    if (started) {
      line();
    }
    started = true;
    String size = line();
    left = Integer.parseInt(size.strip(), HEX);
    over = left == 0;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next != '\n') {
      if (next < 0) {
        throw new EOFException("cut before a chunk");
      }
      line.append((char) next);
      next = in.read();
    }
    return line.toString();
  }
}
