package dev.tailrace.edge.lane;

import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Some bytes in an array, which are not to be modified: a field where it lies in its message, empty
 * when the message does not have it.
 *
 * <p>Threading: one owner; that of its {@link DeliveryFields}, which moves it with each message.
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

  /** What they lie in, from {@link #from} up to {@link #end}. */
  public byte[] array() {
    return array;
  }

  /** Where the first lies. */
  public int from() {
    return from;
  }

  /** Where the last one ends. */
  public int end() {
    return end;
  }

  /** How many they are. */
  public int length() {
    return end - from;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return end == from;
  }

  /** Whether they are text in UTF-8. */
  public boolean isValidUtf8() {
    for (int i = from; i < end; i++) {
      if (array[i] < 0) {
        return UnsafeByteOperations.unsafeWrap(array, i, end - i).isValidUtf8();
      }
    }
    return true;
  }

  /** Whether they are all of these. */
  boolean isSameAs(byte[] other) {
    return Arrays.equals(array, from, end, other, 0, other.length);
  }

  /** A copy of them. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, from, end);
  }

  /** The text that they are. */
  public String text() {
    return isEmpty() ? "" : new String(array, from, length(), StandardCharsets.UTF_8);
  }
}
