package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.util.ArrayList;
import java.util.List;

/** A record as a producer writes it, and what is read of it. */
final class Written {
  private final List<IngressHeader> headers = new ArrayList<>();
  private ByteString value;

  static Written value(String text) {
    return value(ByteString.copyFromUtf8(text));
  }

  static Written value(ByteString value) {
    Written written = new Written();
    written.value = value;
    return written;
  }

  static Written withoutValue() {
    return new Written();
  }

  /** A CloudEvent in binary mode with what it must have. */
  static Written cloudEvent() {
    return value("{\"n\":1}")
        .header("ce_specversion", "1.0")
        .header("ce_id", "7")
        .header("ce_source", "/orders")
        .header("ce_type", "com.example.order.shipped");
  }

  Written header(String name, String text) {
    return header(name, ByteString.copyFromUtf8(text));
  }

  Written header(String name, ByteString bytes) {
    headers.add(new IngressHeader(name, bytes));
    return this;
  }

  IngressRecord record() {
    return new IngressRecord(value, List.copyOf(headers));
  }

  Event read() throws RejectedRecordException {
    return read(List.of());
  }

  Event read(List<String> travelling) throws RejectedRecordException {
    return new EventReader(travelling).read(record()).build();
  }

  void assertRejected(Reason reason, String detail) {
    RejectedRecordException rejected =
        catchThrowableOfType(RejectedRecordException.class, this::read);
    assertThat(rejected).as(detail).isNotNull();
    assertThat(rejected.detail()).contains(detail);
    assertThat(rejected.reason()).isEqualTo(reason);
  }
}
