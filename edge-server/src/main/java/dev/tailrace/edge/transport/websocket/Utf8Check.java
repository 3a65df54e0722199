package dev.tailrace.edge.transport.websocket;

import java.nio.ByteBuffer;

/**
 * Checks text for UTF-8 as it comes in, in pieces that may end within a character (RFC 3629,
 * section 4). It refuses the first byte that no text could have there, and waits for no more.
 *
 * <p>Threading: one thread at a time.
 */
final class Utf8Check {
  private static final int CONTINUATION = 0x80;
  private static final int LAST_CONTINUATION = 0xBF;

  /** Bytes that the current character lacks. */
  private int missing;

  /** What its next byte may be; fewer than all continuations after some first bytes. */
  private int least = CONTINUATION;

  private int most = LAST_CONTINUATION;

  /** Begins a text. */
  void begin() {
    missing = 0;
  }

  /** Whether so much of a text is well-formed; does not move the buffer's position. */
  boolean accepts(ByteBuffer piece) {
    for (int i = piece.position(); i < piece.limit(); i++) {
      int next = piece.get(i);
      if ((next < 0 || missing > 0) && !accepts(next & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text may end here. */
  boolean isAtEnd() {
    return missing == 0;
  }

  private boolean accepts(int next) {
    if (missing == 0) {
      return begins(next);
    }
    if (next < least || next > most) {
      return false;
    }
    missing--;
    least = CONTINUATION;
    most = LAST_CONTINUATION;
    return true;
  }

  private boolean begins(int first) {
    least = CONTINUATION;
    most = LAST_CONTINUATION;
    if (first >= 0xC2 && first <= 0xDF) {
      missing = 1;
    } else if (first >= 0xE0 && first <= 0xEF) {
      missing = 2;
      least = first == 0xE0 ? 0xA0 : CONTINUATION; // not longer than it need be
      most = first == 0xED ? 0x9F : LAST_CONTINUATION; // no surrogates
    } else if (first >= 0xF0 && first <= 0xF4) {
      missing = 3;
      least = first == 0xF0 ? 0x90 : CONTINUATION;
      most = first == 0xF4 ? 0x8F : LAST_CONTINUATION; // up to U+10FFFF
    } else {
      return false;
    }
    return true;
  }
}
