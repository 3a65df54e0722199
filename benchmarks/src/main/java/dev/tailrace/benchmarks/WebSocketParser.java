package dev.tailrace.benchmarks;

import java.nio.ByteBuffer;

/**
 * WebSocket frames from a server. Data frames of one connection are looked at as one stream: a
 * server may put several events into one frame.
 *
 * <p>Threading: the load client's thread.
 */
final class WebSocketParser extends StreamParser {
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int FIRST_CONTROL = 8;
  private static final int LONGEST_CONTROL_BYTES = 125;
  private static final long LONGEST_FRAME_BYTES = 1 << 30;
  private static final byte[] NOTHING = {};

  private enum Part {
    FIRST_BYTE,
    LENGTH,
    EXTENDED_LENGTH,
    PAYLOAD,
    ENDED
  }

  private Part part = Part.FIRST_BYTE;
  private int opcode;
  private int lengthBytesLeft;
  private long left;
  private byte[] control = NOTHING;

  WebSocketParser(StreamSink sink, StampScanner stamps, byte[] readyMark) {
    super(sink, stamps, readyMark);
  }

  @Override
  void parse(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (at < to) {
      switch (part) {
        case PAYLOAD -> {
          int end = (int) Math.min(to, at + left);
          if (opcode < FIRST_CONTROL) {
            payload(bytes, at, end);
          } else {
            bytes.get(at, control, control.length - (int) left, end - at);
          }
          left -= end - at;
          at = end;
          if (left == 0) {
            onEndOfFrame();
          }
        }
        case FIRST_BYTE -> onFirstByte(bytes.get(at++));
        case LENGTH -> onLength(bytes.get(at++) & 0xff);
        case EXTENDED_LENGTH -> {
          left = left << 8 | (bytes.get(at++) & 0xff);
          lengthBytesLeft--;
          if (lengthBytesLeft == 0) {
            onHeader();
          }
        }
        case ENDED -> at = to;
      }
    }
  }

  private void onFirstByte(byte first) {
    opcode = first & 15;
    part = Part.LENGTH;
    if ((first & 0x70) != 0) {
      end("a frame with reserved bits");
    }
  }

  private void onLength(int length) {
    if (length > 127) {
      end("a masked frame");
    } else if (length > LONGEST_CONTROL_BYTES) {
      left = 0;
      lengthBytesLeft = length == 126 ? 2 : 8;
      part = Part.EXTENDED_LENGTH;
    } else {
      left = length;
      onHeader();
    }
  }

  private void onHeader() {
    if (left < 0 || left > LONGEST_FRAME_BYTES) {
      end("a frame of %d bytes".formatted(left));
      return;
    }
    if (opcode >= FIRST_CONTROL) {
      if (left > LONGEST_CONTROL_BYTES) {
        end("a control frame of %d bytes".formatted(left));
        return;
      }
      control = new byte[(int) left];
    }
    if (left == 0) {
      onEndOfFrame();
    } else {
      part = Part.PAYLOAD;
    }
  }

  private void onEndOfFrame() {
    part = Part.FIRST_BYTE;
    if (opcode == PING) {
      sink.onPing(control);
    } else if (opcode == CLOSE) {
      end(
          control.length < 2
              ? "closed without a code"
              : "closed with code %d".formatted((control[0] & 0xff) << 8 | (control[1] & 0xff)));
    }
    control = NOTHING;
  }

  private void end(String reason) {
    part = Part.ENDED;
    sink.onEnd(reason);
  }
}
