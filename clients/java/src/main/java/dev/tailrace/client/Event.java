package dev.tailrace.client;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event as {@code docs/protocol/event.md} has it.
 *
 * <p>Threading: immutable.
 */
public final class Event {
  private final @Nullable String channel;
  private final String id;
  private final @Nullable String type;
  private final @Nullable String time;
  private final @Nullable String data;
  private final @Nullable String contentType;
  private final boolean isBase64;
  private final @Nullable String conflationKey;
  private final Map<String, String> attributes;
  private final String cursor;

  Event(
      @Nullable String channel,
      String id,
      @Nullable String type,
      @Nullable String time,
      @Nullable String data,
      @Nullable String contentType,
      boolean isBase64,
      @Nullable String conflationKey,
      Map<String, String> attributes,
      String cursor) {
    this.channel = channel;
    this.id = id;
    this.type = type;
    this.time = time;
    this.data = data;
    this.contentType = contentType;
    this.isBase64 = isBase64;
    this.conflationKey = conflationKey;
    this.attributes = attributes;
    this.cursor = cursor;
  }

  /** The channel it came by; null on a personal event. */
  public @Nullable String channel() {
    return channel;
  }

  /** The producer's id, or one that was made for it. */
  public String id() {
    return id;
  }

  /** What kind of event it is; null if the producer did not say. */
  public @Nullable String type() {
    return type;
  }

  /** When it happened, by the producer's clock (RFC 3339); null if it did not say. */
  public @Nullable String time() {
    return time;
  }

  /**
   * The data as JSON text, for whatever the application reads JSON with; null without any. {@link
   * #text()} and {@link #bytes()} are for what is no JSON.
   */
  public @Nullable String data() {
    return data;
  }

  /** Of data that is anything but plain JSON; else null. */
  public @Nullable String contentType() {
    return contentType;
  }

  /** Whether the data is a string of base64. */
  public boolean isBase64() {
    return isBase64;
  }

  /** Of what it is the newest state; null if the producer did not say. */
  public @Nullable String conflationKey() {
    return conflationKey;
  }

  /** {@code tailrace-sender} is who published it at an edge. */
  public Map<String, String> attributes() {
    return attributes;
  }

  /** The position just after it in its own partition. */
  public String cursor() {
    return cursor;
  }

  /** Of an event object. */
  static Event of(String object) {
    Map<String, String> members = Json.members(object);
    Map<String, String> attributes = new LinkedHashMap<>();
    String written = members.get("attributes");
    if (written != null) {
      Json.members(written).forEach((name, value) -> attributes.put(name, Json.string(value)));
    }
    return new Event(
        string(members, "channel"),
        required(members, "id"),
        string(members, "type"),
        string(members, "time"),
        members.get("data"),
        string(members, "content_type"),
        "base64".equals(string(members, "encoding")),
        string(members, "conflation_key"),
        Map.copyOf(attributes),
        required(members, "cursor"));
  }

  static @Nullable String string(Map<String, String> members, String name) {
    String value = members.get(name);
    return value == null || value.equals("null") ? null : Json.string(value);
  }

  static String required(Map<String, String> members, String name) {
    String value = string(members, name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  /** Data of {@code text/*} as the text that it is; other data as it is written; "" without any. */
  public String text() {
    return data == null ? "" : Json.string(data);
  }

  /**
   * Data that is neither JSON nor text as the bytes that it is.
   *
   * @throws IllegalStateException if it is JSON or text
   */
  public byte[] bytes() {
    if (!isBase64) {
      throw new IllegalStateException(
          "no bytes, but " + (contentType == null ? "JSON" : contentType));
    }
    return Base64.getDecoder().decode(text());
  }
}
