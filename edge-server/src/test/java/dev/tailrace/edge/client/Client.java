package dev.tailrace.edge.client;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A subscriber over a real socket, whichever transport and library it uses: what it received, every
 * byte of it, and where it would go on.
 *
 * <p>Threading: its library's threads fill it, the test reads.
 */
public abstract class Client implements AutoCloseable {
  /**
   * Where to go on.
   *
   * @param cursor the connection's whole cursor
   * @param ofChannels where a client keeps one per channel
   */
  public record Resume(String cursor, Map<String, String> ofChannels) {}

  /** A gap as it was told. */
  public record Gap(List<String> channels, String reason, String cursor, boolean approximate) {}

  private final List<Received> events = new CopyOnWriteArrayList<>();
  private final List<Gap> gaps = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final List<Long> comeBackAfterMs = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private final Map<String, String> ofChannels = new ConcurrentHashMap<>();
  private volatile String cursor = "";
  private volatile @Nullable String ended;

  /** Whether all that it asked for is being followed: what is written from now on will come. */
  public abstract boolean isOpen();

  /** Events so far, in order. */
  public List<Received> events() {
    return events;
  }

  /** {@link Received#name} of each. */
  public List<String> names() {
    return events.stream().map(Received::name).toList();
  }

  /** Gaps told so far. */
  public List<Gap> gaps() {
    return gaps;
  }

  /** Error frames so far, as their codes. */
  public List<String> errors() {
    return errors;
  }

  /** When it was told to come back, milliseconds after its end: a {@code retry}, or a goodbye. */
  public List<Long> comeBackAfterMs() {
    return comeBackAfterMs;
  }

  /** How the connection ended; null while it has not. */
  public @Nullable String ended() {
    return ended;
  }

  /** Everything that came, as bytes. */
  public synchronized byte[] raw() {
    return raw.toByteArray();
  }

  /** Where it goes on after it is cut now. */
  public Resume resume() {
    return new Resume(cursor, Map.copyOf(ofChannels));
  }

  /** Ends the connection without a word. */
  @Override
  public abstract void close();

  final synchronized void onBytes(byte[] bytes, int count) {
    raw.write(bytes, 0, count);
  }

  final void onText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    onBytes(bytes, bytes.length);
  }

  /** A client's cursor moves before an event shows, so that it is right once the event is seen. */
  final void onEvent(Received event) {
    events.add(event);
  }

  final void onEventObject(JsonNode event) {
    onEvent(
        new Received(
            event.path("channel").asString(""),
            event.path("id").asString(),
            ByteString.copyFrom(data(event)),
            event.path("cursor").asString()));
  }

  private static byte[] data(JsonNode event) {
    JsonNode data = event.path("data");
    if (event.path("encoding").asString("").equals("base64")) {
      return Base64.getDecoder().decode(data.asString());
    }
    String text = data.isString() ? data.asString() : data.toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  final void onGap(JsonNode gap) {
    onGap(
        new Gap(
            gap.path("channels").valueStream().map(JsonNode::asString).toList(),
            gap.path("reason").asString(),
            gap.path("cursor").asString(),
            gap.path("approximate").asBoolean(false)));
  }

  final void onGap(Gap gap) {
    gaps.add(gap);
  }

  final void onComeBackAfter(long delayMs) {
    comeBackAfterMs.add(delayMs);
  }

  final void onError(String code) {
    errors.add(code);
  }

  final void onEnded(String how) {
    ended = how;
  }

  final void setCursor(String whole) {
    cursor = whole;
  }

  final String cursor() {
    return cursor;
  }

  final void setCursorOf(String channel, String position) {
    ofChannels.put(channel, position);
  }

  static Cursor decode(String text) {
    try {
      return CursorCodec.decode(text);
    } catch (InvalidCursorException e) {
      throw new AssertionError("the edge told a malformed cursor: " + text, e);
    }
  }

  static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
