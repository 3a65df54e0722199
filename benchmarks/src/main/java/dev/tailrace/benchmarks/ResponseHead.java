package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Gathers a response's head; let go of once it is complete.
 *
 * <p>Threading: the load client's thread.
 */
final class ResponseHead {
  private static final int LONGEST_BYTES = 16 << 10;
  private static final byte[] END = Stamp.ascii("\r\n\r\n");
  private static final int[] FALLBACKS = MarkFinder.fallbacks(END);

  private final StringBuilder text = new StringBuilder(256);
  private final MarkFinder end = new MarkFinder(END, FALLBACKS);
  private boolean complete;

  /** Takes bytes up to the head's end; returns where to go on. */
  int take(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to && !complete) {
      byte next = bytes.get(at++);
      text.append((char) (next & 0xff));
      complete = end.isEndedBy(next) || text.length() == LONGEST_BYTES;
    }
    return at;
  }

  boolean isComplete() {
    return complete;
  }

  /** Such as 101; 0 when there is none. */
  int status() {
    String[] words = statusLine().split(" ", 3);
    return words.length > 1 && words[1].matches("[0-9]{3}") ? Integer.parseInt(words[1]) : 0;
  }

  String statusLine() {
    int lineEnd = text.indexOf("\r\n");
    return lineEnd < 0 ? text.toString() : text.substring(0, lineEnd);
  }

  boolean isChunked() {
    return text.toString().toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n");
  }
}
