package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.v1.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket messages that are compressed (RFC 7692), among those that are not. */
class CompressionIT extends EdgeFixture {
  private static final String DEFLATE = "permessage-deflate";
  private static final String FILLER = "some words ".repeat(300);

  private final String query = "access_token=" + Tokens.subscribing("socket.user", "deflated.*");

  @Test
  void shouldAgreeToNothingButItsOwnExtension() throws Exception {
    assertThat(agreed(edge, DEFLATE))
        .contains(DEFLATE, "server_no_context_takeover", "client_no_context_takeover");
    assertThat(agreed(edge, "fragment;maxLength=10")).isEmpty();
    assertThat(agreed(edge, "identity")).isEmpty();
    assertThat(agreed(edge, DEFLATE + ";server_max_window_bits=10")).isEmpty();
    assertThat(agreed(edge, DEFLATE + ";server_max_window_bits=10, " + DEFLATE))
        .doesNotContain("bits");
    assertThat(agreed(anotherEdge("edge.websocket.compression", "false"), DEFLATE)).isEmpty();
  }

  private String agreed(EdgeServer with, String offered) throws Exception {
    try (RawSocket socket = RawSocket.open(with.port(), query, offered)) {
      return socket.extensions();
    }
  }

  @Test
  void shouldCompressLongEventsOfATurnAndLeaveShortOnesAsTheyAre() throws Exception {
    int events = 300;
    try (RawSocket compressing =
            RawSocket.open(edge.port(), query + "&channel=deflated.turn", DEFLATE);
        RawSocket plain = RawSocket.open(edge.port(), query + "&channel=deflated.turn")) {
      assertThat(compressing.read().text()).startsWith("{\"welcome\"");
      assertThat(plain.read().text()).startsWith("{\"welcome\"");
      for (int i = 0; i < events; i++) {
        lanes.toChannel("deflated.turn", i % 3 == 0 ? event("e" + i) : longEvent("e" + i));
      }

      List<String> inflated = new ArrayList<>();
      while (inflated.size() < events) {
        RawSocket.Received frame = compressing.read();
        String text = frame.compressed() ? inflate(frame.payload()) : frame.text();
        if (text.startsWith("{\"event\"")) {
          assertThat(frame.compressed()).isEqualTo(inflated.size() % 3 != 0);
          inflated.add(text);
        }
      }
      List<String> read = new ArrayList<>();
      while (read.size() < events) {
        RawSocket.Received frame = plain.read();
        assertThat(frame.compressed()).isFalse();
        if (frame.text().startsWith("{\"event\"")) {
          read.add(frame.text());
        }
      }
      assertThat(inflated).isEqualTo(read);
      for (int i = 0; i < events; i++) {
        assertThat(read.get(i)).contains("\"id\":\"e" + i + "\"");
      }
    }
  }

  @Test
  void shouldBeReadByClientsThatNobodyHereWrote() throws Exception {
    int events = 200;
    List<Client> readers = new ArrayList<>();
    for (ClientKind kind : ClientKind.values()) {
      if (kind.isSocket()) {
        readers.add(connect(kind, target("zoe", "deflated.all")));
      }
    }

    for (int i = 0; i < events; i++) {
      lanes.toChannel("deflated.all", i % 2 == 0 ? event("e" + i) : longEvent("e" + i));
    }

    for (Client reader : readers) {
      awaitEvents(reader, events);
      assertThat(of(reader, "deflated.all")).isEqualTo(names("deflated.all", 0, events));
    }
  }

  @Test
  void shouldTakeWhatAClientCompressed() throws Exception {
    // OkHttp compresses what has 1 KiB or more.
    String command =
        "{\"publish\":{\"ref\":7,\"channel\":\"deflated.up\",\"data\":\"%s\"}}".formatted(FILLER);
    List<String> answers = new CopyOnWriteArrayList<>();
    OkHttpClient http = new OkHttpClient();
    Request request =
        new Request.Builder()
            .url(
                "ws://127.0.0.1:%d/v1/socket?access_token=%s"
                    .formatted(edge.port(), Tokens.publishing("socket.user", "deflated.*")))
            .build();
    WebSocket socket =
        http.newWebSocket(
            request,
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket from, Response response) {
                answers.add(String.valueOf(response.header("Sec-WebSocket-Extensions")));
                from.send(command);
                from.send("{\"ping\":{\"ref\":8}}");
              }

              @Override
              public void onMessage(WebSocket from, String text) {
                answers.add(text);
              }
            });

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(answers)
                    .anyMatch(answer -> answer.startsWith(DEFLATE))
                    .anyMatch(answer -> answer.startsWith("{\"published\":{\"ref\":7,"))
                    .contains("{\"pong\":{\"ref\":8}}"));
    socket.cancel();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }

  @Test
  void shouldTakeACompressedMessageInFragments() throws Exception {
    byte[] compressed = deflate("{\"ping\":{\"ref\":9}}");
    byte[] begin = Arrays.copyOf(compressed, 4);
    byte[] end = Arrays.copyOfRange(compressed, 4, compressed.length);
    try (RawSocket socket = RawSocket.open(edge.port(), query, DEFLATE)) {
      socket.send(RawSocket.fragment(RawSocket.RSV1 | RawSocket.TEXT, begin));
      socket.send(RawSocket.frame(RawSocket.PING, new byte[0]));
      socket.send(RawSocket.frame(RawSocket.CONTINUATION, end));
      socket.sendText("{\"ping\":{\"ref\":10}}");

      List<String> texts = new ArrayList<>();
      while (!texts.contains("{\"pong\":{\"ref\":10}}")) {
        texts.add(socket.read().text());
      }
      assertThat(texts).contains("{\"pong\":{\"ref\":9}}");
    }
  }

  @Test
  void shouldCloseWhoSendsABomb() throws Exception {
    byte[] bomb = deflate("x".repeat(100 << 20));
    assertThat(bomb).hasSizeLessThan(1 << 20);
    try (RawSocket socket = RawSocket.open(edge.port(), query, DEFLATE)) {
      socket.send(RawSocket.frame(RawSocket.RSV1 | RawSocket.TEXT, bomb));

      assertThat(socket.readCloseCode()).isEqualTo(1009);
    }
  }

  @Test
  void shouldCloseWhoSendsABombBeforeItsToken() throws Exception {
    try (RawSocket socket = RawSocket.open(edge.port(), "", DEFLATE)) {
      socket.send(RawSocket.frame(RawSocket.RSV1 | RawSocket.TEXT, deflate("x".repeat(1 << 20))));

      assertThat(socket.readCloseCode()).isEqualTo(1009);
    }
  }

  @Test
  void shouldCloseWhoSendsWhatCannotBeExpanded() throws Exception {
    try (RawSocket socket = RawSocket.open(edge.port(), query, DEFLATE)) {
      socket.send(RawSocket.frame(RawSocket.RSV1 | RawSocket.TEXT, new byte[] {7, 7, 7, 7}));

      assertThat(socket.readCloseCode()).isEqualTo(1007);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", DEFLATE})
  void shouldCloseWhoMarksAFrameThatMayNotBeMarked(String offered) throws Exception {
    try (RawSocket socket = RawSocket.open(edge.port(), query, offered)) {
      if (offered.isEmpty()) {
        socket.send(RawSocket.frame(RawSocket.RSV1 | RawSocket.TEXT, deflate("{}")));
      } else {
        socket.send(RawSocket.fragment(RawSocket.TEXT, new byte[] {'{'}));
        socket.send(RawSocket.frame(RawSocket.RSV1 | RawSocket.CONTINUATION, new byte[] {'}'}));
      }

      assertThat(socket.readCloseCode()).isEqualTo(1002);
    }
  }

  private static Event longEvent(String id) {
    return event(id).toBuilder()
        .setData(ByteString.copyFromUtf8("{\"id\":\"%s\",\"text\":\"%s\"}".formatted(id, FILLER)))
        .build();
  }

  private static byte[] deflate(String text) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    deflater.setInput(bytes);
    byte[] out = new byte[bytes.length + 64];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, length - 4);
  }

  private static String inflate(ByteBuffer compressed) throws Exception {
    byte[] withTail = new byte[compressed.remaining() + 4];
    compressed.get(withTail, 0, compressed.remaining());
    Arrays.fill(withTail, withTail.length - 2, withTail.length, (byte) 0xff);
    Inflater inflater = new Inflater(true);
    inflater.setInput(withTail);
    byte[] out = new byte[64 << 10];
    int length = inflater.inflate(out);
    inflater.end();
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}
