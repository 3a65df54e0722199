package dev.tailrace.edge.encoding;

import com.google.protobuf.ByteString;
import dev.tailrace.v1.Event;
import java.util.Base64;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * How an event's data bytes are shown in text: JSON as it is, text as text, anything else in
 * base64.
 *
 * <p>Threading: stateless.
 */
final class BareData {
  /** The forms that data can take in a JSON event object. */
  enum Form {
    /** Embedded: no content type, or a JSON one, and the bytes are one JSON value. */
    JSON,
    /** A string: {@code text/*} in valid UTF-8. */
    TEXT,
    /** A base64 string. */
    BASE64
  }

  private BareData() {}

  static Form formOf(Event event) {
    String type = mediaType(event.getContentType());
    if (type.isEmpty() || type.equals("application/json") || type.endsWith("+json")) {
      return isJson(event.getData()) ? Form.JSON : Form.BASE64;
    }
    return type.startsWith("text/") && isUtf8(event.getData()) ? Form.TEXT : Form.BASE64;
  }

  /** Whether this is what an event without a content type is taken for. */
  static boolean isPlainJson(String contentType) {
    String type = mediaType(contentType);
    return type.isEmpty() || type.equals("application/json");
  }

  private static String mediaType(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.trim().toLowerCase(Locale.ROOT);
  }

  /** What goes into SSE data lines when an event object around it is not wanted. */
  static byte[] of(Event event) {
    return switch (formOf(event)) {
      case JSON, TEXT -> event.getData().toByteArray();
      case BASE64 -> Base64.getEncoder().encode(event.getData().toByteArray());
    };
  }

  private static boolean isUtf8(ByteString data) {
    return data.isValidUtf8();
  }

  /** Whether these bytes are exactly one JSON value (RFC 8259) in UTF-8. */
  private static boolean isJson(ByteString data) {
    if (data.isEmpty() || !isUtf8(data)) {
      return false;
    }
    // As text: of bytes the parser would take UTF-16 and a byte order mark as well.
    try (JsonParser parser = JsonMapper.shared().createParser(data.toStringUtf8())) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return false;
      }
      parser.skipChildren();
      if (first.isScalarValue()) {
        parser.finishToken();
      }
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }
}
