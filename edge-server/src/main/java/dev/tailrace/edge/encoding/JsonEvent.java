package dev.tailrace.edge.encoding;

import dev.tailrace.edge.lane.DeliveryFields;
import dev.tailrace.edge.lane.FieldBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

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
  private static final byte[] CHANNEL = name("channel");
  private static final byte[] ID = name("id");
  private static final byte[] TYPE = name("type");
  private static final byte[] TIME = name("time");
  private static final byte[] CONTENT_TYPE = name("content_type");
  private static final byte[] DATA = name("data");
  private static final byte[] ENCODING = name("encoding");
  private static final byte[] ATTRIBUTES = name("attributes");
  private static final byte[] CONFLATION_KEY = name("conflation_key");
  private static final byte[] CURSOR = name("cursor");

  private JsonEvent() {}

  private static byte[] name(String name) {
    return ('"' + name + "\":").getBytes(StandardCharsets.US_ASCII);
  }

  static void write(DeliveryFields delivery, CharSequence cursor, JsonBuffer out) {
    out.raw('{');
    writeUnlessEmpty(CHANNEL, delivery.channel(), out);
    writeProperty(ID, delivery.id(), out);
    writeUnlessEmpty(TYPE, delivery.type(), out);
    if (delivery.hasTime()) {
      Instant time = Instant.ofEpochSecond(delivery.timeSeconds(), delivery.timeNanos());
      writeProperty(TIME, time.toString(), out);
    }
    writeData(delivery.contentType().text(), delivery.data(), out);
    if (!delivery.attributes().isEmpty()) {
      writeAttributes(delivery.attributes(), out);
    }
    writeUnlessEmpty(CONFLATION_KEY, delivery.conflationKey(), out);
    out.raw(CURSOR);
    out.string(cursor);
    out.raw('}');
  }

  private static void writeData(String contentType, FieldBytes data, JsonBuffer out) {
    if (data.isEmpty() && contentType.isEmpty()) {
      return;
    }
    BareData.Form form = BareData.formOf(contentType, data);
    if (form != BareData.Form.JSON || !BareData.isPlainJson(contentType)) {
      writeProperty(
          CONTENT_TYPE, contentType.isEmpty() ? "application/octet-stream" : contentType, out);
    }
    out.raw(DATA);
    switch (form) {
      case JSON -> out.json(data);
      case TEXT -> out.string(data);
      case BASE64 -> {
        out.string(BareData.base64(data));
        out.raw(',');
        out.raw(ENCODING);
        out.string("base64");
      }
    }
    out.raw(',');
  }

  private static void writeAttributes(Map<String, String> attributes, JsonBuffer out) {
    out.raw(ATTRIBUTES);
    char before = '{';
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.raw(before);
      out.string(attribute.getKey());
      out.raw(':');
      out.string(attribute.getValue());
      before = ',';
    }
    out.raw('}');
    out.raw(',');
  }

  private static void writeUnlessEmpty(byte[] name, FieldBytes value, JsonBuffer out) {
    if (!value.isEmpty()) {
      writeProperty(name, value, out);
    }
  }

  /** With the comma after it: the cursor comes last, and always. */
  private static void writeProperty(byte[] name, FieldBytes value, JsonBuffer out) {
    out.raw(name);
    out.string(value);
    out.raw(',');
  }

  private static void writeProperty(byte[] name, String value, JsonBuffer out) {
    out.raw(name);
    out.string(value);
    out.raw(',');
  }
}
