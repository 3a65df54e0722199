package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds {@code "sent":<digits>} in a stream of bytes, however it is cut into reads: a few integers
 * of state per connection, nothing allocated.
 *
 * <p>Threading: the client's.
 */
final class StampScanner {
  private static final byte[] MARK = "\"sent\":".getBytes(StandardCharsets.US_ASCII);

  /** Takes a stamp. */
  interface Sink {
    void onStamp(long sentNs);
  }

  private int matched;
  private long digits;
  private boolean counting;

  void scan(ByteBuffer bytes, Sink sink) {
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (counting) {
        if (b >= '0' && b <= '9') {
          digits = digits * 10 + (b - '0');
          continue;
        }
        counting = false;
        sink.onStamp(digits);
      }
      if (b == MARK[matched]) {
        if (++matched == MARK.length) {
          matched = 0;
          digits = 0;
          counting = true;
        }
      } else {
        matched = b == MARK[0] ? 1 : 0;
      }
    }
  }
}
