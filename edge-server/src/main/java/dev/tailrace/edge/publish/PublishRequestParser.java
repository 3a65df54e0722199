package dev.tailrace.edge.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.tailrace.schemas.WireTime;
import dev.tailrace.v1.Event;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a publish object. What {@code data} means follows from {@code content_type}:
 *
 * <ul>
 *   <li>none, {@code application/json} or {@code *+json}: any JSON value, kept byte for byte as
 *       sent
 *   <li>{@code text/*}: a string, whose UTF-8 is the data
 *   <li>anything else: a string of base64
 * </ul>
 *
 * A member that is not known, or comes twice, is refused by name; {@code null} counts as absent,
 * but for JSON data.
 *
 * <p>Threading: stateless.
 */
public final class PublishRequestParser {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // A name that a client chose is not worth a place in the JVM's own table.
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .build();
  private static final int ENCODING_MARK_BYTES = 4;
  private static final int MAX_SHOWN = 60;

  private PublishRequestParser() {}

  /** Reads a whole document. */
  public static PublishRequest parse(byte[] utf8, PublishForm form)
      throws MalformedPublishException {
    if (!isUtf8(utf8)) {
      throw new MalformedPublishException("the body is not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8)) {
      parser.nextToken();
      PublishRequest request = read(parser, utf8, form);
      if (parser.nextToken() != null) {
        throw new MalformedPublishException("something follows the JSON object");
      }
      return request;
    } catch (JacksonException e) {
      throw new MalformedPublishException(explain(e));
    }
  }

  /**
   * Reads the object that a parser stands on, and leaves it at that object's end.
   *
   * @param source the valid UTF-8 that the parser reads from its beginning
   * @throws JacksonException when it is not JSON
   */
  public static PublishRequest read(JsonParser parser, byte[] source, PublishForm form)
      throws MalformedPublishException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedPublishException("this is not a JSON object");
    }
    Reading reading = new Reading(parser, source, form);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      reading.member(name);
    }
    return reading.finish();
  }

  /**
   * Whether the parser will read these bytes as UTF-8, so that its offsets are theirs: it takes a
   * zero among the first for UTF-16 or UTF-32.
   */
  private static boolean isUtf8(byte[] bytes) {
    for (int i = 0; i < Math.min(ENCODING_MARK_BYTES, bytes.length); i++) {
      if (bytes[i] == 0) {
        return false;
      }
    }
    return ByteString.copyFrom(bytes).isValidUtf8();
  }

  private static String explain(JacksonException e) {
    String message = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    return "this is not JSON, at line %d, column %d: %s"
        .formatted(
            e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
            e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
            shown(message, 200));
  }

  private static String shown(String text, int most) {
    String cut = text.length() > most ? text.substring(0, most) + "..." : text;
    return cut.replaceAll("[^ -~]", "?");
  }

  /** One object being read. Its data waits until the content type is known. */
  private static final class Reading {
    private final JsonParser parser;
    private final byte[] source;
    private final PublishForm form;
    private final Event.Builder event = Event.newBuilder();
    private final Set<String> seen = new HashSet<>();
    private long ref;
    private @Nullable ByteString rawData;
    private @Nullable String textData;

    Reading(JsonParser parser, byte[] source, PublishForm form) {
      this.parser = parser;
      this.source = source;
      this.form = form;
    }

    void member(String name) throws MalformedPublishException {
      boolean known =
          switch (name) {
            case "type", "content_type", "data", "id", "ttl" -> true;
            case "channels", "users", "conflation_key", "attributes" -> form == PublishForm.REQUEST;
            case "ref", "channel", "user" -> form == PublishForm.FRAME;
            default -> false;
          };
      if (!known) {
        throw new MalformedPublishException(
            "unknown member \"%s\"".formatted(shown(name, MAX_SHOWN)));
      }
      if (!seen.add(name)) {
        throw new MalformedPublishException(name + " is there twice");
      }
      if (name.equals("data")) {
        data();
      } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
        field(name);
      }
    }

    private void field(String name) throws MalformedPublishException {
      switch (name) {
        case "channels" -> strings(name, event::addChannels);
        case "users" -> strings(name, event::addUsers);
        case "channel" -> event.addChannels(string(name));
        case "user" -> event.addUsers(string(name));
        case "type" -> event.setType(string(name));
        case "content_type" -> event.setContentType(string(name));
        case "id" -> event.setId(string(name));
        case "conflation_key" -> event.setConflationKey(string(name));
        case "ttl" -> event.setTtl(span(name));
        case "attributes" -> attributes(event::putAttributes);
        case "ref" -> ref = number(name);
        default -> throw new IllegalStateException(name);
      }
    }

    private void data() {
      int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        textData = parser.getString();
      } else {
        parser.skipChildren();
        parser.finishToken();
      }
      int end = Math.toIntExact(parser.currentLocation().getByteOffset());
      while (end > start && source[end - 1] <= ' ') {
        end--; // a number is only known to end when something else has been read
      }
      rawData = ByteString.copyFrom(source, start, end - start);
    }

    private String string(String name) throws MalformedPublishException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new MalformedPublishException(name + " is not a string");
      }
      return parser.getString();
    }

    private Duration span(String name) throws MalformedPublishException {
      try {
        return WireTime.duration(string(name));
      } catch (IllegalArgumentException e) {
        throw new MalformedPublishException(String.valueOf(e.getMessage()));
      }
    }

    /** An int64 as Protobuf's JSON has it: a number, or its digits in a string. */
    private long number(String name) throws MalformedPublishException {
      try {
        return Long.parseLong(parser.getString());
      } catch (NumberFormatException e) {
        throw new MalformedPublishException(name + " is not a whole number");
      }
    }

    private void strings(String name, Consumer<String> sink) throws MalformedPublishException {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw new MalformedPublishException(name + " is not a list of strings");
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          throw new MalformedPublishException(name + " is not a list of strings");
        }
        sink.accept(parser.getString());
      }
    }

    private void attributes(BiConsumer<String, String> sink) throws MalformedPublishException {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new MalformedPublishException("attributes is not an object of strings");
      }
      Set<String> names = new HashSet<>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw new MalformedPublishException("attributes is not an object of strings");
        }
        if (!names.add(name)) {
          throw new MalformedPublishException(
              "attribute \"%s\" is there twice".formatted(shown(name, MAX_SHOWN)));
        }
        sink.accept(name, parser.getString());
      }
    }

    PublishRequest finish() throws MalformedPublishException {
      ByteString raw = rawData;
      if (raw != null) {
        switch (DataKind.of(event.getContentType())) {
          case JSON -> event.setData(raw);
          case TEXT -> event.setData(ByteString.copyFromUtf8(dataString("text")));
          case BINARY -> event.setData(decode(dataString("base64")));
        }
      }
      return new PublishRequest(ref, event);
    }

    private String dataString(String of) throws MalformedPublishException {
      String text = textData;
      if (text == null) {
        throw new MalformedPublishException(
            "data is not a string: with content_type \"%s\" it is %s"
                .formatted(shown(event.getContentType(), MAX_SHOWN), of));
      }
      return text;
    }

    private static ByteString decode(String base64) throws MalformedPublishException {
      try {
        return ByteString.copyFrom(Base64.getDecoder().decode(base64));
      } catch (IllegalArgumentException e) {
        throw new MalformedPublishException("data is not base64");
      }
    }
  }

  /** How a content type's data travels inside JSON. */
  private enum DataKind {
    JSON,
    TEXT,
    BINARY;

    static DataKind of(String contentType) {
      int parameters = contentType.indexOf(';');
      String type =
          (parameters < 0 ? contentType : contentType.substring(0, parameters))
              .trim()
              .toLowerCase(Locale.ROOT);
      if (type.isEmpty() || type.equals("application/json") || type.endsWith("+json")) {
        return JSON;
      }
      return type.startsWith("text/") ? TEXT : BINARY;
    }
  }
}
