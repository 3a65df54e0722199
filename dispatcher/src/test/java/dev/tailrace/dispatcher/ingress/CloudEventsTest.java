package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventsTest {
  private static final String ENVELOPE =
      "\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\"";

  @Test
  void shouldReadBinaryMode() throws Exception {
    Event event =
        Written.cloudEvent()
            .header("content-type", "application/json")
            .header("ce_time", "2018-04-05T17:31:00Z")
            .header("ce_subject", "order-9")
            .header("ce_dataschema", "https://example.com/order")
            .header("ce_tailraceuser", "42,43")
            .header("ce_tailracechannel", "orders")
            .header("ce_tailracettl", "30s")
            .header("ce_tailraceconflationkey", "order-9")
            .header("ce_partitionkey", "k")
            .header("unrelated", "x")
            .read();

    assertThat(event)
        .isEqualTo(
            Event.newBuilder()
                .setId("7")
                .setType("com.example.order.shipped")
                .setTime(Timestamp.newBuilder().setSeconds(1_522_949_460))
                .setContentType("application/json")
                .addUsers("42")
                .addUsers("43")
                .addChannels("orders")
                .setTtl(Duration.newBuilder().setSeconds(30))
                .setConflationKey("order-9")
                .putAllAttributes(
                    Map.of(
                        "source", "/orders",
                        "subject", "order-9",
                        "dataschema", "https://example.com/order",
                        "partitionkey", "k"))
                .setData(ByteString.copyFromUtf8("{\"n\":1}"))
                .build());
  }

  @Test
  void shouldTakeTheSubjectForTheChannelWhenNoExtensionNamesAnAddress() throws Exception {
    Event event = Written.cloudEvent().header("ce_subject", "orders").read();
    assertThat(event.getChannelsList()).containsExactly("orders");
    assertThat(event.getAttributesMap()).containsEntry("subject", "orders");
    assertThat(
            Written.cloudEvent()
                .header("ce_subject", "orders")
                .header("ce_tailraceuser", "42")
                .read()
                .getChannelsList())
        .isEmpty();
  }

  @Test
  void shouldReadARecordWithoutValueAsAnEventWithoutData() throws Exception {
    Written tombstone =
        Written.withoutValue()
            .header("ce_specversion", "1.0")
            .header("ce_id", "7")
            .header("ce_source", "/s")
            .header("ce_type", "gone")
            .header("ce_subject", "orders");
    assertThat(tombstone.read().getData()).isEmpty();
    assertThat(EventRules.check(tombstone.read(), EventLimits.DEFAULT)).isNull();
  }

  @Test
  void shouldRejectWhatBinaryModeDoesNotAllow() {
    Written.cloudEvent()
        .header("ce_specversion", "0.3")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "specversion \"0.3\"");
    Written.value("1")
        .header("ce_specversion", "1.0")
        .header("ce_id", "7")
        .header("ce_type", "t")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "the CloudEvent has no source");
    Written.cloudEvent()
        .header("ce_id", "")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "the CloudEvent has no id");
    Written.cloudEvent()
        .header("ce_subject", ByteString.copyFrom(new byte[] {(byte) 0xe9}))
        .assertRejected(Reason.REASON_BAD_FIELD, "the header ce_subject is not UTF-8");
    Written.cloudEvent()
        .header("ce_source", (ByteString) null)
        .assertRejected(Reason.REASON_BAD_FIELD, "the header ce_source has no value");
    Written.cloudEvent()
        .header("ce_time", "2018-04-05")
        .assertRejected(Reason.REASON_BAD_FIELD, "time is not RFC 3339");
    Written.cloudEvent()
        .header("ce_tailracechanel", "a")
        .assertRejected(Reason.REASON_BAD_FIELD, "there is no extension tailracechanel");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0000-01-01T00:00:00Z", "+12345-01-01T00:00:00Z", "-0400-01-01T00:00:00Z"})
  void shouldLeaveTimesThatNoEventMayHaveToTheRules(String time) throws Exception {
    Event event = Written.cloudEvent().header("ce_subject", "a").header("ce_time", time).read();
    assertThat(EventRules.check(event, EventLimits.DEFAULT))
        .extracting(EventRules.Violation::reason)
        .isEqualTo(Reason.REASON_BAD_FIELD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "                | {\"a\": 1.10, \"b\":[ ]} | {\"a\": 1.10, \"b\":[ ]}",
        "                | 12345678901234567890.50 | 12345678901234567890.50",
        "                | \"text\" | \"text\"",
        "                | null | null",
        "application/x+json | \"text\" | \"text\"",
        "text/plain      | \"two\\nlines \\ud83d\\ude00\" | two\\nlines 😀",
        "application/xml | {\"a\":1} | {\"a\":1}",
        "text/plain      | null | ~~"
      })
  void shouldKeepDataAsItWasWritten(String contentType, String json, String data) throws Exception {
    String type = contentType == null ? "" : ",\"datacontenttype\":\"" + contentType + "\"";
    Event event = structured("{" + ENVELOPE + ",\"data\":" + json + type + "}").read();
    assertThat(event.getData().toStringUtf8()).isEqualTo(data.replace("\\n", "\n"));
    assertThat(event.getContentType()).isEqualTo(contentType == null ? "" : contentType);
  }

  @Test
  void shouldReadStructuredMode() throws Exception {
    Event event =
        structured(
                " {"
                    + ENVELOPE
                    + ",\"subject\":null,\"sampled\":true,\"level\":-3,\"tailracechannel\":\"a,b\""
                    + ",\"data_base64\":\"AAECAw==\",\"datacontenttype\":\"image/png\"} ")
            .header("ce_specversion", "0.3")
            .read();
    assertThat(event)
        .isEqualTo(
            Event.newBuilder()
                .setId("7")
                .setType("t")
                .setContentType("image/png")
                .addChannels("a")
                .addChannels("b")
                .putAllAttributes(Map.of("source", "/s", "sampled", "true", "level", "-3"))
                .setData(ByteString.copyFrom(new byte[] {0, 1, 2, 3}))
                .build());
    assertThat(structured("{" + ENVELOPE + "}").read().getData()).isEmpty();
    assertThat(structured("{" + ENVELOPE + ",\"data_base64\":null}").read().getData()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | specversion \"\"",
        "[{}] | not a JSON object",
        "~~ | not a JSON object",
        "{\"a\":1,} | not JSON: ",
        "{\"a\":1 | not JSON: ",
        "{\"a\":NaN} | not JSON: ",
        "{\"id\":\"1\",\"id\":\"2\"} | has id twice",
        "{\"specversion\":\"1.0\"} 2 | something follows",
        "{\"data_base64\":\"?\"} | data_base64 is not base64",
        "{\"data_base64\":7} | data_base64 is not base64",
        "{\"specversion\":\"0.3\"} | specversion \"0.3\"",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"\"} | has no type",
      })
  void shouldRejectWhatIsNoCloudEvent(String json, String detail) {
    structured(json).assertRejected(Reason.REASON_NOT_AN_EVENT, detail);
  }

  @Test
  void shouldRejectWhatStructuredModeDoesNotAllow() {
    Written.withoutValue()
        .header("content-type", "application/cloudevents+json")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "the record has no value");
    for (String other : new String[] {"", "+protobuf", "+avro", "-batch+json"}) {
      Written.value("{}")
          .header("content-type", "application/cloudevents" + other)
          .assertRejected(Reason.REASON_NOT_AN_EVENT, "application/cloudevents" + other + "\"");
    }
    structured("{" + ENVELOPE + ",\"data\":1,\"data_base64\":\"AA==\"}")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "data and data_base64");
    structured("{" + ENVELOPE + ",\"deep\":{}}")
        .assertRejected(Reason.REASON_BAD_FIELD, "deep is neither");
    structured("{" + ENVELOPE + ",\"half\":1.5}")
        .assertRejected(Reason.REASON_BAD_FIELD, "half is neither");
    structured("{" + ENVELOPE + ",\"x\":\"\\ud800\"}")
        .assertRejected(Reason.REASON_BAD_FIELD, "half a character");
    structured("{" + ENVELOPE + ",\"datacontenttype\":\"text/a\",\"data\":\"\\udc00\"}")
        .assertRejected(Reason.REASON_BAD_FIELD, "half a character");
    Written.value(ByteString.copyFrom("{}", StandardCharsets.UTF_16))
        .header("content-type", "application/cloudevents+json")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "not UTF-8");
  }

  @Test
  void shouldRejectJsonThatIsNestedTooDeepAndReadWhatIsNot() throws Exception {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    structured("{" + ENVELOPE + ",\"data\":" + deep + "}")
        .assertRejected(Reason.REASON_NOT_AN_EVENT, "not JSON: ");
    String allowed = "[".repeat(400) + "]".repeat(400);
    assertThat(structured("{" + ENVELOPE + ",\"data\":" + allowed + "}").read().getData())
        .isEqualTo(ByteString.copyFromUtf8(allowed));
  }

  private static Written structured(String json) {
    return Written.value(json == null ? "" : json)
        .header("content-type", "application/cloudevents+json; charset=UTF-8");
  }

  /**
   * The parts of such names count for their hash in any order, from the fourth on; so thousands of
   * them share one, which a table may refuse to hold.
   */
  @Test
  void shouldReadNamesThatShareOneHashAsAnyOthers() throws Exception {
    List<String> parts = List.of("aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff", "gggg");
    List<String> names = new ArrayList<>();
    addOrders("name-of-12b-", parts, names);
    assertThat(names).hasSize(5_040);
    StringBuilder data = new StringBuilder("{");
    names.forEach(name -> data.append('"').append(name).append("\":1,"));
    data.append("\"last\":1}");

    Event event = structured("{" + ENVELOPE + ",\"subject\":\"a\",\"data\":" + data + "}").read();

    assertThat(event.getData().toStringUtf8()).isEqualTo(data.toString());
  }

  private static void addOrders(String begun, List<String> parts, List<String> names) {
    if (parts.isEmpty()) {
      names.add(begun);
    }
    for (String part : parts) {
      List<String> others = new ArrayList<>(parts);
      others.remove(part);
      addOrders(begun + part, others, names);
    }
  }
}
