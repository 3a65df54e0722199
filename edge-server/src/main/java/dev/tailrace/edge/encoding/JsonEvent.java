package dev.tailrace.edge.encoding;

import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Base64;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event object, the same on every transport: {@code
 * {"channel":…,"id":…,"type":…,"time":…,"data":…,"cursor":…}}. A personal event has no channel.
 * Data that is not plain JSON comes with its {@code content_type}, and with {@code
 * "encoding":"base64"} where it is base64.
 *
 * <p>The object never holds a raw line break, so it fits one SSE data line.
 *
 * <p>Threading: stateless.
 */
final class JsonEvent {
  private JsonEvent() {}

  static void write(Delivery delivery, String cursor, OutputStream out) {
    Event event = delivery.getEvent();
    try (JsonGenerator json = JsonMapper.shared().createGenerator(out)) {
      json.writeStartObject();
      if (!delivery.getChannel().isEmpty()) {
        json.writeStringProperty("channel", delivery.getChannel());
      }
      json.writeStringProperty("id", event.getId());
      if (!event.getType().isEmpty()) {
        json.writeStringProperty("type", event.getType());
      }
      if (event.hasTime()) {
        json.writeStringProperty(
            "time",
            Instant.ofEpochSecond(event.getTime().getSeconds(), event.getTime().getNanos())
                .toString());
      }
      writeData(event, json);
      if (event.getAttributesCount() > 0) {
        json.writeObjectPropertyStart("attributes");
        event.getAttributesMap().forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      if (!event.getConflationKey().isEmpty()) {
        json.writeStringProperty("conflation_key", event.getConflationKey());
      }
      json.writeStringProperty("cursor", cursor);
      json.writeEndObject();
    }
  }

  private static void writeData(Event event, JsonGenerator json) {
    if (event.getData().isEmpty() && event.getContentType().isEmpty()) {
      return;
    }
    BareData.Form form = BareData.formOf(event);
    if (form != BareData.Form.JSON || !BareData.isPlainJson(event.getContentType())) {
      json.writeStringProperty(
          "content_type",
          event.getContentType().isEmpty() ? "application/octet-stream" : event.getContentType());
    }
    json.writeName("data");
    switch (form) {
      // Between JSON tokens a line break is white space, and within strings it cannot stand raw.
      case JSON ->
          json.writeRawValue(event.getData().toStringUtf8().replace('\n', ' ').replace('\r', ' '));
      case TEXT -> json.writeString(event.getData().toStringUtf8());
      case BASE64 -> {
        json.writeString(Base64.getEncoder().encodeToString(event.getData().toByteArray()));
        json.writeStringProperty("encoding", "base64");
      }
    }
  }
}
