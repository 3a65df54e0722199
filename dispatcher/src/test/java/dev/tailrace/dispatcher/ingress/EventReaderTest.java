package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final ByteString EVENT =
      Event.newBuilder().addChannels("scores").setType("goal").build().toByteString();

  @Test
  void shouldTellTheFormByTheRecordAloneInThisOrder() {
    Written all =
        Written.value(ByteString.copyFrom(new byte[] {0}))
            .header("content-type", "Application/CloudEvents+json; charset=utf-8")
            .header("ce_specversion", "1.0")
            .header("tailrace-user", "42");
    assertThat(IngressForm.of(all.record())).isEqualTo(IngressForm.CLOUDEVENTS_STRUCTURED);
    all.header("content-type", "application/json");
    assertThat(IngressForm.of(all.record())).isEqualTo(IngressForm.CLOUDEVENTS_BINARY);
    Written addressed = Written.value(ByteString.copyFrom(new byte[] {0}));
    addressed.header("tailrace-channel", (ByteString) null).header("CE_SPECVERSION", "1.0");
    assertThat(IngressForm.of(addressed.record())).isEqualTo(IngressForm.HEADERS);
    Written prefixed = Written.value(ByteString.copyFrom(new byte[] {0, 9})).header("x", "y");
    assertThat(IngressForm.of(prefixed.record())).isEqualTo(IngressForm.SCHEMA_REGISTRY);
    Written contentTypeOnly = Written.value(EVENT).header("content-type", (ByteString) null);
    assertThat(IngressForm.of(contentTypeOnly.record())).isEqualTo(IngressForm.EVENT);
    assertThat(IngressForm.of(IngressRecord.of(null))).isEqualTo(IngressForm.EVENT);
    assertThat(IngressForm.of(IngressRecord.of(new byte[0]))).isEqualTo(IngressForm.EVENT);
  }

  @Test
  void shouldReadAPlainEvent() throws Exception {
    assertThat(Written.value(EVENT).read()).isEqualTo(Event.parseFrom(EVENT));
    Written.withoutValue().assertRejected(Reason.REASON_NOT_AN_EVENT, "the record has no value");
    Written.value("no event")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "the value is no tailrace.v1.Event: ");
  }

  @Test
  void shouldLetTheTraceContextAndTheNamedHeadersTravel() throws Exception {
    Written written =
        Written.value(EVENT)
            .header("traceparent", "an earlier one")
            .header("traceparent", TRACE)
            .header("tracestate", "vendor=1")
            .header("tenant", "blue")
            .header("other", "stays");

    assertThat(written.read().getAttributesMap())
        .isEqualTo(Map.of("traceparent", TRACE, "tracestate", "vendor=1"));
    assertThat(written.read(List.of("tenant", "missing", "traceparent")).getAttributesMap())
        .isEqualTo(Map.of("traceparent", TRACE, "tracestate", "vendor=1", "tenant", "blue"));
  }

  @Test
  void shouldLetThemTravelInEveryForm() throws Exception {
    List<Written> forms =
        List.of(
            Written.value(EVENT),
            Written.value(ByteString.copyFrom(new byte[6]).concat(EVENT)),
            Written.cloudEvent(),
            Written.value("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}")
                .header("content-type", "application/cloudevents+json"),
            Written.value("1").header("tailrace-user", "42"));
    assertThat(forms)
        .extracting(form -> IngressForm.of(form.record()))
        .doesNotHaveDuplicates()
        .hasSameSizeAs(IngressForm.values());
    for (Written form : forms) {
      form.header("traceparent", TRACE).header("tenant", "blue");
      assertThat(form.read(List.of("tenant")).getAttributesMap())
          .containsEntry("traceparent", TRACE)
          .containsEntry("tenant", "blue");
    }
  }

  @Test
  void shouldKeepTheAttributeThatTheEventHas() throws Exception {
    Event event =
        Event.newBuilder().addChannels("a").putAttributes("traceparent", "its own").build();
    assertThat(Written.value(event.toByteString()).header("traceparent", TRACE).read())
        .isEqualTo(event);
    assertThat(
            Written.cloudEvent()
                .header("ce_traceparent", "its own")
                .header("traceparent", TRACE)
                .read()
                .getAttributesMap())
        .containsEntry("traceparent", "its own");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_025, 1 << 20})
  void shouldLeaveOutAHeaderThatIsTooLong(int length) throws Exception {
    assertThat(Written.value(EVENT).header("tracestate", "x".repeat(length)).read())
        .isEqualTo(Event.parseFrom(EVENT));
  }

  @Test
  void shouldLeaveOutAHeaderThatIsNoText() throws Exception {
    Written written =
        Written.value(EVENT)
            .header("traceparent", (ByteString) null)
            .header("tracestate", ByteString.copyFrom(new byte[] {(byte) 0xff}))
            .header("tenant", "two\nlines");
    assertThat(written.read(List.of("tenant"))).isEqualTo(Event.parseFrom(EVENT));
  }

  @Test
  void shouldNotMakeAnEventUndeliverableByItsHeaders() throws Exception {
    Event event =
        Event.newBuilder()
            .addChannels("a")
            .putAttributes("most", "x".repeat(EventLimits.MAX_LABEL_BYTES - 100))
            .build();
    Event read =
        Written.value(event.toByteString())
            .header("traceparent", TRACE)
            .header("tracestate", "y".repeat(40))
            .read();
    assertThat(read.getAttributesMap()).containsKey("traceparent").doesNotContainKey("tracestate");
    assertThat(EventRules.check(read, EventLimits.DEFAULT)).isNull();
  }
}
