package dev.tailrace.edge.encoding;

import dev.tailrace.edge.lane.FieldBytes;
import java.util.Base64;
import java.util.Locale;

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

  /** The form of data of this content type. */
  static Form formOf(String contentType, FieldBytes data) {
    String type = mediaType(contentType);
    if (type.isEmpty() || type.equals("application/json") || type.endsWith("+json")) {
      return JsonSyntax.isValue(data) && data.isValidUtf8() ? Form.JSON : Form.BASE64;
    }
    return type.startsWith("text/") && data.isValidUtf8() ? Form.TEXT : Form.BASE64;
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

  /** Data in base64. */
  static FieldBytes base64(FieldBytes data) {
    return FieldBytes.of(Base64.getEncoder().encode(data.toByteArray()));
  }

  /** What goes into SSE data lines when an event object around it is not wanted. */
  static FieldBytes of(String contentType, FieldBytes data) {
    return formOf(contentType, data) == Form.BASE64 ? base64(data) : data;
  }
}
