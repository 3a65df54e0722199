package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Finds the stamps in a stream of bytes, however it is cut into reads: a few integers of state,
 * nothing allocated. A mark that lies whole in a read is found in steps of up to its length
 * (Horspool), and the filler after a stamp is stepped over; only the last bytes of a read, where a
 * mark may be cut, are looked at one by one. There are such after each frame of a WebSocket.
 *
 * <p>Threading: the load client's thread.
 */
final class StampScanner {
  private static final byte[] MARK = Stamp.MARK;
  private static final int LAST = MARK.length - 1;
  private static final int[] FALLBACKS = MarkFinder.fallbacks(MARK);
  private static final byte[] STEPS = steps();
  private static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;

  private final int filler;
  private final MarkFinder mark = new MarkFinder(MARK, FALLBACKS);
  private int skip;
  private int digitsLeft;
  private long sequence;
  private long dueNs;

  /**
   * @param filler how many bytes after a stamp hold no other
   */
  StampScanner(int filler) {
    this.filler = filler;
  }

  private static byte[] steps() {
    byte[] steps = new byte[256];
    Arrays.fill(steps, (byte) MARK.length);
    for (int i = 0; i < LAST; i++) {
      steps[MARK[i]] = (byte) (LAST - i);
    }
    return steps;
  }

  /** Looks at the next bytes of the stream: those of the buffer from one index up to another. */
  void scan(ByteBuffer bytes, int from, int to, StreamSink sink) {
    int at = from;
    while (at < to) {
      if (skip > 0) {
        int skipped = Math.min(skip, to - at);
        skip -= skipped;
        at += skipped;
      } else if (digitsLeft > 0) {
        onDigit(bytes.get(at++), sink);
      } else if (mark.isWithin() || to - at < MARK.length) {
        if (mark.isEndedBy(bytes.get(at++))) {
          digitsLeft = Stamp.DIGITS;
        }
      } else {
        at = search(bytes, at, to, sink);
      }
    }
  }

  /** Looks for a mark that ends before {@code to}; returns where to go on. */
  private int search(ByteBuffer bytes, int from, int to, StreamSink sink) {
    int lastStart = to - MARK.length;
    int at = from;
    while (at <= lastStart) {
      byte last = bytes.get(at + LAST);
      if (last == MARK[LAST] && isMark(bytes, at)) {
        return afterMark(bytes, at + MARK.length, to, sink);
      }
      at += STEPS[last & 0xff];
    }
    // A step may end past the last start, but never past a mark: what follows is looked at singly.
    return at;
  }

  private int afterMark(ByteBuffer bytes, int digits, int to, StreamSink sink) {
    if (to - digits < Stamp.DIGITS) {
      digitsLeft = Stamp.DIGITS;
      return digits;
    }
    skip = filler;
    sink.onStamp(
        number(bytes, digits) << 32 | number(bytes, digits + 8),
        number(bytes, digits + 16) << 32 | number(bytes, digits + 24));
    return digits + Stamp.DIGITS;
  }

  private static boolean isMark(ByteBuffer bytes, int at) {
    for (int i = 0; i < LAST; i++) {
      if (bytes.get(at + i) != MARK[i]) {
        return false;
      }
    }
    return true;
  }

  /** Eight lower-case hexadecimal digits at once. */
  private static long number(ByteBuffer bytes, int at) {
    long text = bytes.getLong(at);
    long nibbles = (text & NIBBLES) + 9 * (text >>> 6 & 0x0101010101010101L);
    return Long.compress(nibbles, NIBBLES);
  }

  private void onDigit(byte digit, StreamSink sink) {
    int nibble = (digit & 15) + 9 * (digit >>> 6 & 1);
    if (digitsLeft > Stamp.DIGITS / 2) {
      sequence = sequence << 4 | nibble;
    } else {
      dueNs = dueNs << 4 | nibble;
    }
    digitsLeft--;
    if (digitsLeft == 0) {
      skip = filler;
      sink.onStamp(sequence, dueNs);
    }
  }
}
