package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Printable;
import org.jspecify.annotations.Nullable;

/** A header of an ingress record, as Kafka has them: any name, any bytes, and perhaps none. */
public record IngressHeader(String name, @Nullable ByteString value) {
  /** The value, which has to be UTF-8. */
  String text() throws RejectedRecordException {
    if (value == null) {
      throw RejectedRecordException.badField(
          "the header %s has no value".formatted(Printable.of(name)));
    }
    if (!value.isValidUtf8()) {
      throw RejectedRecordException.badField(
          "the header %s is not UTF-8".formatted(Printable.of(name)));
    }
    return value.toStringUtf8();
  }
}
