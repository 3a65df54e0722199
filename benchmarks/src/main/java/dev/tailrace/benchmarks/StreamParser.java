package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a response's body apart and gives what is in it to a sink. A few fields of state, nothing
 * allocated per event.
 *
 * <p>Threading: the load client's thread.
 */
abstract class StreamParser {
  final StreamSink sink;
  private final StampScanner stamps;
  private @Nullable MarkFinder readyMark;

  /**
   * @param readyMark after which bytes of the payload events may come; empty when none are waited
   *     for
   */
  StreamParser(StreamSink sink, StampScanner stamps, byte[] readyMark) {
    this.sink = sink;
    this.stamps = stamps;
    this.readyMark = readyMark.length == 0 ? null : new MarkFinder(readyMark);
  }

  /** The next bytes as read: those of the buffer from one index up to another. */
  abstract void parse(ByteBuffer bytes, int from, int to);

  /** Bytes that are what the server's application wrote. */
  void payload(ByteBuffer bytes, int from, int to) {
    if (readyMark != null) {
      awaitReadyMark(readyMark, bytes, from, to);
    }
    stamps.scan(bytes, from, to, sink);
  }

  private void awaitReadyMark(MarkFinder mark, ByteBuffer bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (mark.isEndedBy(bytes.get(i))) {
        readyMark = null;
        sink.onReady();
        return;
      }
    }
  }
}
