package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;

/**
 * An event stream in HTTP/1.1 chunks, or up to the end of the connection.
 *
 * <p>Threading: the load client's thread.
 */
class EventStreamParser extends StreamParser {
  private enum Part {
    SIZE,
    REST_OF_SIZE_LINE,
    DATA,
    END_OF_DATA,
    ENDED,
    UNCHUNKED
  }

  /** So a chunk is below 4 GiB. */
  private static final int LONGEST_SIZE_DIGITS = 8;

  private Part part;
  private long left;
  private int sizeDigits;

  EventStreamParser(StreamSink sink, StampScanner stamps, byte[] readyMark, boolean chunked) {
    super(sink, stamps, readyMark);
    part = chunked ? Part.SIZE : Part.UNCHUNKED;
  }

  @Override
  void parse(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to) {
      switch (part) {
        case DATA -> {
          int end = (int) Math.min(to, at + left);
          payload(bytes, at, end);
          left -= end - at;
          at = end;
          if (left == 0) {
            part = Part.END_OF_DATA;
          }
        }
        case SIZE -> onSizeByte(bytes.get(at++));
        case REST_OF_SIZE_LINE -> {
          if (bytes.get(at++) == '\n') {
            onSize();
          }
        }
        case END_OF_DATA -> {
          if (bytes.get(at++) == '\n') {
            part = Part.SIZE;
          }
        }
        case UNCHUNKED -> {
          payload(bytes, at, to);
          at = to;
        }
        case ENDED -> at = to;
      }
    }
  }

  private void onSizeByte(byte next) {
    int digit = Character.digit(next, 16);
    if (digit >= 0) {
      left = left << 4 | digit;
      sizeDigits++;
    } else if (next == '\n') {
      onSize();
    } else {
      part = Part.REST_OF_SIZE_LINE;
    }
  }

  private void onSize() {
    if (sizeDigits == 0 || sizeDigits > LONGEST_SIZE_DIGITS) {
      end("no chunk, but a size of %d digits".formatted(sizeDigits));
    } else if (left > 0) {
      part = Part.DATA;
    } else {
      end("the stream was ended");
    }
    sizeDigits = 0;
  }

  private void end(String reason) {
    part = Part.ENDED;
    sink.onEnd(reason);
  }
}
