package dev.tailrace.edge.encoding;

import dev.tailrace.edge.lane.FieldBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where the bytes of one event after the other are put together, most of them JSON.
 *
 * <p>Threading: one owner.
 */
final class JsonBuffer {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** Per ASCII byte: 0 when a string may hold it, 'u' for a numbered escape, else its letter. */
  private static final byte[] ESCAPES = escapes();

  private static final int LONGEST_ESCAPE = 6;

  /** Larger events are rare, and what one needed is not kept for the next. */
  private static final int KEPT_BYTES = 64 << 10;

  private byte[] bytes;
  private int length;

  /** An empty buffer, which grows beyond this capacity. */
  JsonBuffer(int capacity) {
    this.bytes = new byte[capacity];
  }

  /** Begins anew. */
  void clear() {
    length = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[KEPT_BYTES];
    }
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
    raw(raw, 0, raw.length);
  }

  /** A field as it is. */
  void raw(FieldBytes field) {
    raw(field.array(), field.from(), field.length());
  }

  private void raw(byte[] raw, int from, int count) {
    reserve(count);
    System.arraycopy(raw, from, bytes, length, count);
    length += count;
  }

  /** One byte as it is. */
  void raw(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
  }

  /** Bytes of JSON, on one line: a line break in it is between tokens, and means a space. */
  void json(FieldBytes json) {
    int from = length;
    raw(json);
    for (int i = from; i < length; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        bytes[i] = ' ';
      }
    }
  }

  /** A string, in quotes. */
  void string(CharSequence text) {
    reserve(text.length() + 2);
    int at = length;
    bytes[at++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ESCAPES.length || ESCAPES[c] != 0) {
        string(FieldBytes.of(text.toString().getBytes(StandardCharsets.UTF_8)));
        return;
      }
      bytes[at++] = (byte) c;
    }
    bytes[at++] = '"';
    length = at;
  }

  /** A string that is UTF-8 already, in quotes. */
  void string(FieldBytes utf8) {
    byte[] from = utf8.array();
    reserve(utf8.length() + 2);
    bytes[length++] = '"';
    for (int i = utf8.from(); i < utf8.end(); i++) {
      byte b = from[i];
      byte escape = b < 0 ? 0 : ESCAPES[b];
      if (escape == 0) {
        bytes[length++] = b;
      } else {
        reserve(LONGEST_ESCAPE + utf8.end() - i);
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
