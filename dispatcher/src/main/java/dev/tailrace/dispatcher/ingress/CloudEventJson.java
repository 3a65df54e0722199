package dev.tailrace.dispatcher.ingress;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * A CloudEvent in the JSON event format. Its data is kept byte for byte as it was written: a number
 * is nobody's to round.
 *
 * <p>Threading: one thread.
 */
final class CloudEventJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // A name that a producer chose is not worth a place in the JVM's own table.
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          // Names of earlier records lie in the factory's table: what it holds decides on nothing.
          .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .build();
  private static final int ENCODING_MARK_BYTES = 4;
  private static final ByteString NULL = ByteString.copyFromUtf8("null");

  private final ByteString source;
  private final JsonParser parser;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final Set<String> seen = new HashSet<>();
  private @Nullable ByteString json;
  private @Nullable String text;
  private @Nullable ByteString bytes;

  private CloudEventJson(ByteString source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  /** Reads a whole document. */
  static CloudEventJson parse(ByteString utf8) throws RejectedRecordException {
    if (!isUtf8(utf8)) {
      throw RejectedRecordException.notAnEvent("the CloudEvent is not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8.toByteArray())) {
      CloudEventJson event = new CloudEventJson(utf8, parser);
      event.read();
      return event;
    } catch (JacksonException e) {
      throw RejectedRecordException.notAnEvent(
          "the CloudEvent is not JSON", e.getOriginalMessage());
    }
  }

  /** Whether the parser will read it as UTF-8: a zero among the first it takes for UTF-16. */
  private static boolean isUtf8(ByteString value) {
    for (int i = 0; i < Math.min(ENCODING_MARK_BYTES, value.size()); i++) {
      if (value.byteAt(i) == 0) {
        return false;
      }
    }
    return value.isValidUtf8();
  }

  /** All that are not null, as text, in their order. */
  Map<String, String> attributes() {
    return attributes;
  }

  /**
   * The data, if any.
   *
   * @param contentType of the data: a string is JSON, or what is in it, as this says
   */
  @Nullable ByteString data(String contentType) throws RejectedRecordException {
    if (bytes != null && json != null) {
      throw RejectedRecordException.notAnEvent("the CloudEvent has data and data_base64");
    }
    if (bytes != null) {
      return bytes;
    }
    if (MediaType.isJson(contentType)) {
      return json;
    }
    if (text == null) {
      return NULL.equals(json) ? null : json;
    }
    return ByteString.copyFromUtf8(wellFormed("data", text));
  }

  private void read() throws RejectedRecordException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw RejectedRecordException.notAnEvent("the CloudEvent is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = wellFormed("names", parser.currentName());
      parser.nextToken();
      if (!seen.add(name)) {
        throw RejectedRecordException.notAnEvent(
            "the CloudEvent has %s twice".formatted(Printable.of(name)));
      }
      switch (name) {
        case "data" -> readData();
        case "data_base64" -> bytes = base64();
        default -> readAttribute(name);
      }
    }
    if (parser.nextToken() != null) {
      throw RejectedRecordException.notAnEvent("something follows the CloudEvent");
    }
  }

  private void readAttribute(String name) throws RejectedRecordException {
    switch (parser.currentToken()) {
      case VALUE_NULL -> {}
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE ->
          attributes.put(name, wellFormed(name, parser.getString()));
      case null, default ->
          throw RejectedRecordException.badField(
              "the CloudEvent's %s is neither a string nor a whole number nor a boolean"
                  .formatted(Printable.of(name)));
    }
  }

  private void readData() {
    int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      text = parser.getString();
    } else {
      parser.skipChildren();
      parser.finishToken();
    }
    int end = Math.toIntExact(parser.currentLocation().getByteOffset());
    while (end > start && source.byteAt(end - 1) <= ' ') {
      end--; // a number is only known to end when something else has been read
    }
    json = source.substring(start, end);
  }

  private @Nullable ByteString base64() throws RejectedRecordException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      try {
        return ByteString.copyFrom(Base64.getDecoder().decode(parser.getString()));
      } catch (IllegalArgumentException e) {
        // Said below.
      }
    }
    throw RejectedRecordException.notAnEvent("the CloudEvent's data_base64 is not base64");
  }

  /** JSON can escape half a character, which no bytes can hold. */
  private static String wellFormed(String what, String text) throws RejectedRecordException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw RejectedRecordException.badField(
          "half a character (a lone surrogate) is in the CloudEvent's " + Printable.of(what));
    }
    return text;
  }
}
