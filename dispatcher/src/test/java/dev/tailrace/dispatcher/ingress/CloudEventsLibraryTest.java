package dev.tailrace.dispatcher.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.WireTime;
import dev.tailrace.v1.Event;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CloudEvents library is the judge: what it writes is read, in both modes alike. */
class CloudEventsLibraryTest {
  static Stream<CloudEvent> events() {
    return Stream.of(
        least().build(),
        least().withSubject("orders").build(),
        least()
            .withTime(OffsetDateTime.parse("2026-11-24T09:30:00.123456789+01:00"))
            .withDataSchema(URI.create("https://example.com/schema"))
            .withExtension("tailraceuser", "42")
            .withExtension("sampled", true)
            .withExtension("level", -3)
            .withExtension("name", "ünï😀\"\\")
            .withData("application/json", "{\"a\":[1,null]}".getBytes(StandardCharsets.UTF_8))
            .build(),
        least().withData("text/plain", bytes("two\nlines \"ü\"")).build(),
        least().withData("image/png", new byte[] {0, 1, (byte) 0xff}).build());
  }

  private static CloudEventBuilder least() {
    return CloudEventBuilder.v1().withId("7").withSource(URI.create("/s")).withType("t");
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldReadWhatTheLibraryWrites(CloudEvent event) throws Exception {
    Event expected = expected(event);
    assertThat(written(event, Map.of(CloudEventSerializer.ENCODING_CONFIG, Encoding.BINARY)))
        .isEqualTo(expected);
    assertThat(
            written(
                event,
                Map.of(
                    CloudEventSerializer.ENCODING_CONFIG, Encoding.STRUCTURED,
                    CloudEventSerializer.EVENT_FORMAT_CONFIG, JsonFormat.CONTENT_TYPE)))
        .isEqualTo(expected);
  }

  private static Event written(CloudEvent event, Map<String, ?> config) throws Exception {
    Headers headers = new RecordHeaders();
    byte[] value;
    try (CloudEventSerializer serializer = new CloudEventSerializer()) {
      serializer.configure(config, false);
      value = serializer.serialize("t", headers, event);
    }
    List<IngressHeader> seen = new ArrayList<>();
    for (Header header : headers) {
      seen.add(new IngressHeader(header.key(), ByteString.copyFrom(header.value())));
    }
    return new EventReader(List.of())
        .read(new IngressRecord(value == null ? null : ByteString.copyFrom(value), seen))
        .build();
  }

  /** By the documented mapping, from the library's own view of the event. */
  private static Event expected(CloudEvent cloudEvent) {
    Event.Builder event =
        Event.newBuilder().setId(cloudEvent.getId()).setType(cloudEvent.getType());
    event.putAttributes("source", cloudEvent.getSource().toString());
    for (String name : cloudEvent.getExtensionNames()) {
      String value = String.valueOf(cloudEvent.getExtension(name));
      if (name.equals("tailraceuser")) {
        event.addUsers(value);
      } else {
        event.putAttributes(name, value);
      }
    }
    if (cloudEvent.getSubject() != null) {
      event.putAttributes("subject", cloudEvent.getSubject()).addChannels(cloudEvent.getSubject());
    }
    if (cloudEvent.getDataSchema() != null) {
      event.putAttributes("dataschema", cloudEvent.getDataSchema().toString());
    }
    if (cloudEvent.getTime() != null) {
      event.setTime(WireTime.timestamp(cloudEvent.getTime().toString()));
    }
    if (cloudEvent.getData() != null) {
      event.setContentType(String.valueOf(cloudEvent.getDataContentType()));
      event.setData(ByteString.copyFrom(cloudEvent.getData().toBytes()));
    }
    return event.build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
