package dev.tailrace.edge.lane;

import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A field as it lies in the bytes of its message, which are not to be modified; empty when the
 * message does not have it.
 *
 * <p>Threading: that of the {@link DeliveryFields} it belongs to.
 */
public final class FieldBytes {
  private static final byte[] NOTHING = {};

  private byte[] array = NOTHING;
  private int from;
  private int end;

  FieldBytes() {}

  /** All of these bytes. */
  public static FieldBytes of(byte[] bytes) {
    FieldBytes field = new FieldBytes();
    field.set(bytes, 0, bytes.length);
    return field;
  }

  void set(byte[] message, int first, int length) {
    array = message;
    from = first;
    end = first + length;
  }

  void clear() {
    set(NOTHING, 0, 0);
  }

  /** The message, which holds the field between {@link #from} and {@link #end}. */
  public byte[] array() {
    return array;
  }

  /** Where it begins in the message. */
  public int from() {
    return from;
  }

  /** Where it ends in the message. */
  public int end() {
    return end;
  }

  /** How many bytes it has. */
  public int length() {
    return end - from;
  }

  /** Whether it has none. */
  public boolean isEmpty() {
    return end == from;
  }

  /** Whether it is text in UTF-8. */
  public boolean isValidUtf8() {
    for (int i = from; i < end; i++) {
      if (array[i] < 0) {
        return UnsafeByteOperations.unsafeWrap(array, i, end - i).isValidUtf8();
      }
    }
    return true;
  }

  /** A copy of it. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, from, end);
  }

  /** What it is as text. */
  public String text() {
    return isEmpty() ? "" : new String(array, from, length(), StandardCharsets.UTF_8);
  }
}
