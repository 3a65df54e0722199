package dev.tailrace.edge.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where the JSON of one event is put together, as bytes.
 *
 * <p>Threading: one owner.
 */
final class JsonBuffer {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** Per ASCII byte: 0 when a string may hold it, 'u' for a numbered escape, else its letter. */
  private static final byte[] ESCAPES = escapes();

  private static final int LONGEST_ESCAPE = 6;

  private byte[] bytes;
  private int length;

  /** An empty buffer, which grows beyond this capacity. */
  JsonBuffer(int capacity) {
    this.bytes = new byte[capacity];
  }

  private static byte[] escapes() {
    byte[] escapes = new byte[128];
    Arrays.fill(escapes, 0, ' ', (byte) 'u');
    escapes['\b'] = 'b';
    escapes['\t'] = 't';
    escapes['\n'] = 'n';
    escapes['\f'] = 'f';
    escapes['\r'] = 'r';
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    return escapes;
  }

  /** Bytes as they are. */
  void raw(byte[] raw) {
    reserve(raw.length);
    System.arraycopy(raw, 0, bytes, length, raw.length);
    length += raw.length;
  }

  /** One byte as it is. */
  void raw(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
  }

  /** Bytes of JSON, on one line: a line break in it is between tokens, and means a space. */
  void json(byte[] json) {
    int from = length;
    raw(json);
    for (int i = from; i < length; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        bytes[i] = ' ';
      }
    }
  }

  /** A string, in quotes. */
  void string(String text) {
    reserve(text.length() + 2);
    int at = length;
    bytes[at++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ESCAPES.length || ESCAPES[c] != 0) {
        string(text.getBytes(StandardCharsets.UTF_8));
        return;
      }
      bytes[at++] = (byte) c;
    }
    bytes[at++] = '"';
    length = at;
  }

  /** A string that is UTF-8 already, in quotes. */
  void string(byte[] utf8) {
    reserve(utf8.length + 2);
    bytes[length++] = '"';
    for (int i = 0; i < utf8.length; i++) {
      byte b = utf8[i];
      byte escape = b < 0 ? 0 : ESCAPES[b];
      if (escape == 0) {
        bytes[length++] = b;
      } else {
        reserve(LONGEST_ESCAPE + utf8.length - i);
        escape(b, escape);
      }
    }
    bytes[length++] = '"';
  }

  private void escape(byte b, byte escape) {
    bytes[length++] = '\\';
    bytes[length++] = escape;
    if (escape == 'u') {
      bytes[length++] = '0';
      bytes[length++] = '0';
      bytes[length++] = HEX[b >> 4];
      bytes[length++] = HEX[b & 0xF];
    }
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  /** Holds what was put together, in its first {@link #length()} bytes; not to be kept. */
  byte[] array() {
    return bytes;
  }

  /** How many bytes were put together. */
  int length() {
    return length;
  }

  /** What was put together. */
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }
}
