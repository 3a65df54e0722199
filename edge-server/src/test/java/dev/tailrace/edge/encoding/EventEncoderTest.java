package dev.tailrace.edge.encoding;

import static dev.tailrace.edge.encoding.Deliveries.event;
import static dev.tailrace.edge.encoding.Deliveries.toChannel;
import static dev.tailrace.edge.encoding.Deliveries.toUsers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.v1.EventFrame;
import dev.tailrace.v1.ServerFrame;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventEncoderTest {
  private static final String JSON = "application/json";

  private final Map<EncodingKey, Integer> made = new ConcurrentHashMap<>();
  private final EventEncoder encoder =
      new EventEncoder(new ClusterTag("abc"), key -> made.merge(key, 1, Integer::sum));

  @AfterEach
  void releaseCompressors() {
    encoder.close();
  }

  @Test
  void shouldWriteTheWholeEventObject() {
    LogEntry entry =
        toChannel(
            event("", "{\"home\":1}")
                .setTime(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(5_000_000))
                .setConflationKey("k")
                .putAttributes("league", "first"));

    assertThat(text(entry, EncodingKey.JSON))
        .isEqualTo(
            "{\"channel\":\"scores\",\"id\":\"e-1\",\"type\":\"goal\","
                + "\"time\":\"2023-11-14T22:13:20.005Z\",\"data\":{\"home\":1},"
                + "\"attributes\":{\"league\":\"first\"},\"conflation_key\":\"k\","
                + "\"cursor\":\"abc~c1-h.9x\"}");
  }

  @Test
  void shouldLeaveOutWhatAnEventDoesNotHave() {
    LogEntry entry = toUsers(List.of("ann"), event("", "").setType(""));

    assertThat(text(entry, EncodingKey.JSON))
        .isEqualTo("{\"id\":\"e-1\",\"cursor\":\"abc~u1-3.9x\"}");
  }

  @Test
  void shouldFrameTheEventObjectForEachTransport() {
    LogEntry entry = toChannel(event("", "7"));
    String object = text(entry, EncodingKey.JSON);

    assertThat(text(entry, EncodingKey.SSE_EVENT)).isEqualTo("data: " + object + "\n");
    assertThat(new String(payload(entry, EncodingKey.WEBSOCKET_JSON), StandardCharsets.UTF_8))
        .isEqualTo("{\"event\":" + object + "}");
  }

  @Test
  void shouldFillAProtobufFrame() throws Exception {
    byte[] data = {0, 1, (byte) 0xff};
    LogEntry entry =
        toChannel(
            event("image/png", data)
                .setTime(Timestamp.newBuilder().setSeconds(9))
                .setConflationKey("k")
                .putAttributes("a", "b"));

    ServerFrame frame = ServerFrame.parseFrom(payload(entry, EncodingKey.WEBSOCKET_PROTO));

    assertThat(frame.getEvent())
        .isEqualTo(
            EventFrame.newBuilder()
                .setChannel("scores")
                .setId("e-1")
                .setType("goal")
                .setTime(Timestamp.newBuilder().setSeconds(9))
                .setContentType("image/png")
                .setData(ByteString.copyFrom(data))
                .putAttributes("a", "b")
                .setConflationKey("k")
                .setCursor("abc~c1-h.9x")
                .build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[1,2.50,-3e7,true,null]}",
        "[]",
        "\"text\"",
        "12345678901234567890.000100",
        "true",
        "null",
        " {} ",
        "{\"a\":\"\\ud83d\\ude00 \\u2028\"}",
        "\"\u2028\u2029 é 😀\""
      })
  void shouldEmbedJsonAsItIs(String json) {
    LogEntry entry = toChannel(event("", json));

    assertThat(text(entry, EncodingKey.JSON)).contains("\"data\":" + json + ",\"cursor\"");
    assertThat(dataOf(entry)).isEqualTo(JsonMapper.shared().readTree(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "Application/JSON; charset=utf-8", "a/b+json"})
  void shouldEmbedWhateverCallsItselfJson(String contentType) {
    LogEntry entry = toChannel(event(contentType, "{\"a\":1}"));

    assertThat(dataOf(entry)).isEqualTo(JsonMapper.shared().readTree("{\"a\":1}"));
    assertThat(object(entry).has("encoding")).isFalse();
  }

  @Test
  void shouldNameTheContentTypeOfJsonThatIsNotPlain() {
    assertThat(object(toChannel(event("a/b+json", "{}"))).get("content_type").asString())
        .isEqualTo("a/b+json");
    assertThat(object(toChannel(event(JSON, "{}"))).has("content_type")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void shouldKeepPrettyPrintedJsonOnOneDataLine(String lineBreak) {
    String pretty = "{%n  \"a\": [%n    1,%n    \"x\"%n  ]%n}%n".replace("%n", lineBreak);
    LogEntry entry = toChannel(event(JSON, pretty));

    String block = text(entry, EncodingKey.SSE_EVENT);

    assertThat(block).endsWith("\n");
    assertThat(block.substring(0, block.length() - 1)).doesNotContain("\n", "\r");
    assertThat(JsonMapper.shared().readTree(block.substring("data: ".length())).get("data"))
        .isEqualTo(JsonMapper.shared().readTree(pretty));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1}x",
        "{} {}",
        "[1,]",
        "NaN",
        "'a'",
        "\"a\nb\"",
        "// c\n1",
        "01",
        "\uFEFF{\"a\":1}",
        "tru",
        "{\"a\":1,}",
        "\0"
      })
  void shouldGiveWhatIsNotOneJsonValueAsBase64(String data) {
    LogEntry entry = toChannel(event(JSON, data));

    JsonNode object = object(entry);
    assertThat(object.get("encoding").asString()).isEqualTo("base64");
    assertThat(object.get("content_type").asString()).isEqualTo(JSON);
    assertThat(Base64.getDecoder().decode(object.get("data").asString()))
        .isEqualTo(data.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32", "ISO-8859-1"})
  void shouldGiveJsonThatIsNotUtf8AsBase64(String charset) throws Exception {
    byte[] data = "{\"a\":\"\u00e9\"}".getBytes(Charset.forName(charset));
    LogEntry entry = toChannel(event("", data));

    JsonNode object = object(entry);
    assertThat(object.get("encoding").asString()).isEqualTo("base64");
    assertThat(Base64.getDecoder().decode(object.get("data").asString())).isEqualTo(data);
  }

  @Test
  void shouldGiveAsciiJsonInUtf16AsBase64() {
    byte[] data = "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE);

    assertThat(object(toChannel(event(JSON, data))).get("encoding").asString()).isEqualTo("base64");
  }

  @Test
  void shouldGiveTextAsAString() {
    String text = "Tor!\n\"1:0\"\t\u2028 \u0001 é 😀 \\ </script>";
    LogEntry entry = toChannel(event("text/plain; charset=utf-8", text));

    assertThat(dataOf(entry).asString()).isEqualTo(text);
    assertThat(object(entry).get("content_type").asString()).isEqualTo("text/plain; charset=utf-8");
    assertThat(text(entry, EncodingKey.SSE_EVENT).trim()).doesNotContain("\n");
  }

  @Test
  void shouldGiveTextThatIsNotUtf8AsBase64() {
    byte[] latin = "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    JsonNode object = object(toChannel(event("text/plain", latin)));

    assertThat(object.get("encoding").asString()).isEqualTo("base64");
    assertThat(Base64.getDecoder().decode(object.get("data").asString())).isEqualTo(latin);
  }

  @Test
  void shouldGiveBytesAsBase64AndSayWhatTheyAre() {
    byte[] bytes = new byte[64 << 10];
    new Random(3).nextBytes(bytes);
    JsonNode typed = object(toChannel(event("image/png", bytes)));
    JsonNode untyped = object(toChannel(event("", bytes)));

    assertThat(Base64.getDecoder().decode(typed.get("data").asString())).isEqualTo(bytes);
    assertThat(typed.get("content_type").asString()).isEqualTo("image/png");
    assertThat(Base64.getDecoder().decode(untyped.get("data").asString())).isEqualTo(bytes);
    assertThat(untyped.get("content_type").asString()).isEqualTo("application/octet-stream");
  }

  @Test
  void shouldSplitBareDataIntoLinesAtEveryKindOfLineBreak() {
    LogEntry entry = toChannel(event("text/plain", "a\nb\r\nc\rd\n\re\r\n\nf\r"));

    assertThat(text(entry, EncodingKey.SSE_DATA))
        .isEqualTo(
            "event: goal\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\n"
                + "data: \ndata: f\ndata: \n");
  }

  @Test
  void shouldSendBareDataWithoutATypeAsAnUnnamedBlock() {
    assertThat(text(toChannel(event("", "{\"a\":1}").setType("")), EncodingKey.SSE_DATA))
        .isEqualTo("data: {\"a\":1}\n");
    assertThat(text(toChannel(event("", "").setType("")), EncodingKey.SSE_DATA))
        .isEqualTo("data: \n");
    assertThat(
            text(toChannel(event("image/png", new byte[] {0}).setType("")), EncodingKey.SSE_DATA))
        .isEqualTo("data: AA==\n");
  }

  @Test
  void shouldMakeEachEncodingOnceHoweverManyAskAtTheSameTime() throws Exception {
    int agents = 4;
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      entries.add(toChannel(event("", "{\"text\":\"%s\"}".formatted("some words ".repeat(100)))));
    }
    CyclicBarrier together = new CyclicBarrier(agents);
    try (ExecutorService threads = Executors.newFixedThreadPool(agents)) {
      List<Future<List<byte[]>>> seen = new ArrayList<>();
      for (int i = 0; i < agents; i++) {
        seen.add(threads.submit(() -> encodeAll(entries, together)));
      }

      List<byte[]> first = seen.getFirst().get();
      for (Future<List<byte[]>> others : seen) {
        for (int i = 0; i < first.size(); i++) {
          assertThat(others.get().get(i)).isSameAs(first.get(i));
        }
      }
    }
    assertThat(made).containsOnlyKeys(EncodingKey.values());
    assertThat(made.values()).containsOnly(entries.size());
  }

  /** What one thread puts together is nobody else's. */
  @Test
  void shouldKeepEventsApartThatAreEncodedAtTheSameTime() throws Exception {
    int agents = 4;
    try (ExecutorService threads = Executors.newFixedThreadPool(agents)) {
      List<Future<?>> all = new ArrayList<>();
      for (int agent = 0; agent < agents; agent++) {
        String own = Character.toString('a' + agent).repeat(50 + 300 * agent);
        all.add(threads.submit(() -> encodeOwn(own)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private void encodeOwn(String text) {
    for (int i = 0; i < 3_000; i++) {
      LogEntry entry = toChannel(event("", '"' + text + '"'));
      for (EncodingKey key : List.of(EncodingKey.WEBSOCKET_JSON, EncodingKey.SSE_DATA)) {
        assertThat(text(entry, key)).contains('"' + text + '"');
      }
    }
  }

  @Test
  void shouldGoOnAfterADeliveryThatCannotBeRead() {
    LogEntry broken =
        new LogEntry(
            toChannel(event("", "1")).partition(),
            1,
            0,
            -1,
            "c",
            List.of(),
            "",
            false,
            new byte[1]);

    assertThatIllegalStateException().isThrownBy(() -> encoder.encode(broken, EncodingKey.JSON));

    assertThat(text(toChannel(event("", "7")), EncodingKey.JSON)).contains("\"data\":7");
  }

  private List<byte[]> encodeAll(List<LogEntry> entries, CyclicBarrier together) throws Exception {
    List<byte[]> encoded = new ArrayList<>();
    for (LogEntry entry : entries) {
      together.await();
      for (EncodingKey key : EncodingKey.values()) {
        encoded.add(encoder.encode(entry, key));
      }
    }
    return encoded;
  }

  @Test
  void shouldCompressAMessageByItself() throws Exception {
    LogEntry entry = toChannel(event("", "{\"text\":\"%s\"}".formatted("word ".repeat(1_000))));

    byte[] json = encoder.encode(entry, EncodingKey.WEBSOCKET_JSON_DEFLATED);
    byte[] proto = encoder.encode(entry, EncodingKey.WEBSOCKET_PROTO_DEFLATED);

    assertThat(isDeflated(json)).isTrue();
    assertThat(isDeflated(proto)).isTrue();
    assertThat(json).hasSizeLessThan(500);
    assertThat(inflated(json)).isEqualTo(payload(entry, EncodingKey.WEBSOCKET_JSON));
    assertThat(inflated(proto)).isEqualTo(payload(entry, EncodingKey.WEBSOCKET_PROTO));
  }

  @Test
  void shouldCompressWhatIsLongEnoughToBeWorthIt() {
    int envelope = payload(toChannel(event("", "\"\"")), EncodingKey.WEBSOCKET_JSON).length;
    String filler = "x".repeat(MessageDeflater.MIN_PAYLOAD_BYTES - envelope);
    LogEntry shorter = toChannel(event("", '"' + filler.substring(1) + '"'));
    LogEntry longEnough = toChannel(event("", '"' + filler + '"'));

    assertThat(encoder.encode(shorter, EncodingKey.WEBSOCKET_JSON_DEFLATED))
        .isSameAs(encoder.encode(shorter, EncodingKey.WEBSOCKET_JSON));
    assertThat(isDeflated(encoder.encode(longEnough, EncodingKey.WEBSOCKET_JSON_DEFLATED)))
        .isTrue();
  }

  @Test
  void shouldShareThePlainMessageWhenItGetsNoShorter() {
    byte[] noise = new byte[4 << 10];
    new Random(5).nextBytes(noise);
    LogEntry entry = toChannel(event("image/png", noise));

    assertThat(encoder.encode(entry, EncodingKey.WEBSOCKET_PROTO_DEFLATED))
        .isSameAs(encoder.encode(entry, EncodingKey.WEBSOCKET_PROTO));
  }

  /** What a client without memory of other messages makes of it (RFC 7692, section 7.2.2). */
  private static byte[] inflated(byte[] frame) throws Exception {
    int header = WireFrame.headerBytes(frame);
    byte[] withTail = Arrays.copyOfRange(frame, header, frame.length + 4);
    withTail[withTail.length - 2] = (byte) 0xff;
    withTail[withTail.length - 1] = (byte) 0xff;
    Inflater inflater = new Inflater(true);
    inflater.setInput(withTail);
    byte[] out = new byte[64 << 10];
    int length = inflater.inflate(out);
    assertThat(inflater.needsInput()).isTrue();
    inflater.end();
    return Arrays.copyOf(out, length);
  }

  @ParameterizedTest
  @EnumSource(EncodingKey.class)
  void shouldNeverShowAnotherAddressOfTheEvent(EncodingKey key) {
    LogEntry entry =
        toUsers(List.of("ann.secret", "bob.secret", "eve.secret"), event("", "{\"a\":1}"));

    String shown = new String(encoder.encode(entry, key), StandardCharsets.ISO_8859_1);

    assertThat(shown).doesNotContain("secret").contains("{\"a\":1}");
  }

  @ParameterizedTest
  @EnumSource(EncodingKey.class)
  void shouldNeverShowAddressesThatADispatcherLeftInTheEvent(EncodingKey key) {
    LogEntry entry =
        toChannel(event("", "{\"a\":1}").addUsers("ann.secret").addChannels("other.secret"));

    assertThat(new String(encoder.encode(entry, key), StandardCharsets.ISO_8859_1))
        .doesNotContain("secret");
  }

  private JsonNode dataOf(LogEntry entry) {
    return object(entry).get("data");
  }

  /** The event object, which must be strict JSON on every transport. */
  private JsonNode object(LogEntry entry) {
    return JsonMapper.shared().readTree(text(entry, EncodingKey.JSON));
  }

  private byte[] payload(LogEntry entry, EncodingKey key) {
    byte[] frame = encoder.encode(entry, key);
    return Arrays.copyOfRange(frame, WireFrame.headerBytes(frame), frame.length);
  }

  static List<String> extremes() {
    return List.of(
        "9".repeat(1_001),
        "[" + "9".repeat(1_001) + "]",
        "{\"" + "k".repeat(60_000) + "\":1}",
        "[".repeat(500) + "]".repeat(500));
  }

  /** Clients read frames with such a library; what it refuses would cost them the whole frame. */
  @ParameterizedTest
  @MethodSource("extremes")
  void shouldMakeNoFrameThatReadersOfJsonRefuse(String data) {
    byte[] frame = encoder.encode(toChannel(event("", data)), EncodingKey.WEBSOCKET_JSON);
    int header = WireFrame.headerBytes(frame);
    String text = new String(frame, header, frame.length - header, StandardCharsets.UTF_8);

    assertThat(JsonMapper.shared().readTree(text).path("event").path("id").asString())
        .isEqualTo("e-1");
  }

  private String text(LogEntry entry, EncodingKey key) {
    return new String(encoder.encode(entry, key), StandardCharsets.UTF_8);
  }

  private static boolean isDeflated(byte[] frame) {
    return (frame[0] & 0x40) != 0; // RSV1
  }
}
