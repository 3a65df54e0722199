package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What counts of a record that a producer wrote. Its key does not: that is for the producer to
 * choose.
 *
 * @param headers in their order; a name may be there more than once
 */
public record IngressRecord(@Nullable ByteString value, List<IngressHeader> headers) {
  /** A record that has only a value, which is not copied and must not change. */
  public static IngressRecord of(byte @Nullable [] value) {
    return new IngressRecord(
        value == null ? null : UnsafeByteOperations.unsafeWrap(value), List.of());
  }

  /** The header of this name; of several the last, as Kafka's own clients have it. */
  @Nullable IngressHeader header(String name) {
    for (int i = headers.size() - 1; i >= 0; i--) {
      if (headers.get(i).name().equals(name)) {
        return headers.get(i);
      }
    }
    return null;
  }

  boolean has(String name) {
    return header(name) != null;
  }

  /**
   * The value of a record that is not allowed to have none.
   *
   * @throws RejectedRecordException when it has none
   */
  ByteString requiredValue() throws RejectedRecordException {
    if (value == null) {
      throw RejectedRecordException.notAnEvent("the record has no value");
    }
    return value;
  }
}
