package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.Http2Socket;
import dev.tailrace.edge.client.RawSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What only a WebSocket does: commands, Pings, and a goodbye. */
class SocketIT extends EdgeFixture {
  private final String query = "access_token=" + Tokens.subscribing("socket.user", "socket.*");

  @Test
  void shouldAnswerPingsInOrderBetweenMessages() throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), query, "")) {
      for (int i = 0; i < 20; i++) {
        socket.ping("ping " + i);
        socket.send("{\"ping\":{\"ref\":%d}}".formatted(i));
      }

      await().atMost(PATIENCE).until(() -> socket.pongs().size() == 20);
      await().atMost(PATIENCE).until(() -> socket.texts().size() == 21);
      assertThat(socket.pongs())
          .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "ping " + i).toList());
      assertThat(socket.texts().getFirst()).startsWith("{\"welcome\"");
      assertThat(socket.texts().subList(1, 21))
          .isEqualTo(
              IntStream.range(0, 20).mapToObj("{\"pong\":{\"ref\":%d}}"::formatted).toList());
    }
  }

  @Test
  void shouldFollowTheChannelsOfItsUrlUntilItUnsubscribes() throws Exception {
    try (BareSocket socket =
        BareSocket.open(edge.port(), query + "&channel=socket.a&channel=socket.b", "")) {
      await().atMost(PATIENCE).until(() -> !socket.texts().isEmpty());
      lanes.toChannel("socket.a", event("a1"));
      await().atMost(PATIENCE).until(() -> any(socket, "\"id\":\"a1\""));

      socket.send("{\"unsubscribe\":{\"ref\":5,\"channel\":\"socket.a\"}}");
      await().atMost(PATIENCE).until(() -> any(socket, "\"unsubscribed\""));
      lanes.toChannel("socket.a", event("a2"));
      lanes.toChannel("socket.b", event("b1"));
      await().atMost(PATIENCE).until(() -> any(socket, "\"id\":\"b1\""));

      socket.send("{\"subscribe\":{\"ref\":6,\"channel\":\"socket.a\"}}");
      await().atMost(PATIENCE).until(() -> any(socket, "\"subscribed\""));
      lanes.toChannel("socket.a", event("a3"));
      await().atMost(PATIENCE).until(() -> any(socket, "\"id\":\"a3\""));
      assertThat(any(socket, "\"id\":\"a2\"")).isFalse();
    }
  }

  @Test
  void shouldCutAClientThatLeavesPingsUnansweredAndNoOther() throws Exception {
    EdgeServer impatient = anotherEdge("edge.heartbeat", "500ms", "edge.http.idle.timeout", "2s");
    try (BareSocket alive = BareSocket.open(impatient.port(), query, "");
        RawSocket vanished = RawSocket.open(impatient.port(), query)) {
      assertThat(vanished.readCloseCode()).as("it was cut, and not told").isNegative();

      assertThat(vanished.texts()).as("heartbeats before").hasSizeGreaterThan(2);
      alive.send("{\"ping\":{\"ref\":7}}");
      await().atMost(PATIENCE).until(() -> alive.texts().contains("{\"pong\":{\"ref\":7}}"));
    }
  }

  @Test
  void shouldServeAWebSocketInsideAnHttp2Stream() throws Exception {
    try (Http2Socket socket = Http2Socket.open(edge.port(), query + "&channel=socket.h2")) {
      await().atMost(PATIENCE).until(() -> !socket.texts().isEmpty());
      assertThat(socket.texts().getFirst()).startsWith("{\"welcome\"");

      lanes.toChannel("socket.h2", event("over one stream"));
      socket.send("{\"ping\":{\"ref\":3}}");

      await().atMost(PATIENCE).until(() -> socket.texts().contains("{\"pong\":{\"ref\":3}}"));
      await()
          .atMost(PATIENCE)
          .until(() -> socket.texts().stream().anyMatch(t -> t.contains("over one stream")));
    }
  }

  @Test
  void shouldTellEveryStreamWhenToComeBackBeforeTheEdgeStops() throws Exception {
    EdgeServer stopping = anotherEdge();
    URI uri = URI.create("http://127.0.0.1:%d/v1/events?%s".formatted(stopping.port(), query));
    List<CompletableFuture<HttpResponse<String>>> streams = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < 50; i++) {
        streams.add(http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()));
      }
      await().atMost(PATIENCE).until(() -> stopping.connections() == streams.size());

      stopping.close();

      for (CompletableFuture<HttpResponse<String>> stream : streams) {
        assertThat(stream.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body())
            .startsWith(": tailrace")
            .contains("\nretry: ");
      }
    }
  }

  @Test
  void shouldSayGoodbyeWhenTheEdgeStops() throws Exception {
    EdgeServer stopping = anotherEdge();
    try (BareSocket socket = BareSocket.open(stopping.port(), query, "")) {
      await().atMost(PATIENCE).until(() -> !socket.texts().isEmpty());

      stopping.close();

      await().atMost(PATIENCE).until(() -> socket.closeCode() != 0);
      assertThat(socket.texts().getLast())
          .startsWith("{\"goodbye\":{\"reason\":\"shutdown\",\"reconnect_after_ms\":");
      assertThat(socket.closeCode()).isEqualTo(1001);
    }
  }

  @Test
  void shouldSayGoodbyeAlsoToASocketThatHasNotSaidWhoseItIs() throws Exception {
    EdgeServer stopping = anotherEdge();
    try (BareSocket socket = BareSocket.open(stopping.port(), "", "")) {
      await().atMost(PATIENCE).until(() -> stopping.connections() == 1);

      stopping.close();

      await().atMost(PATIENCE).until(() -> socket.closeCode() != 0);
      assertThat(socket.closeCode()).isEqualTo(1001);
      assertThat(socket.texts())
          .singleElement()
          .asString()
          .startsWith("{\"goodbye\":{\"reason\":\"shutdown\",\"reconnect_after_ms\":");
    }
  }

  @Test
  void shouldNeverPutAControlFrameInsideAMessage() throws Exception {
    int events = 2_000; // more than sockets hold: it is written to for as long as the test reads
    String filler = "x".repeat(3_000);
    EdgeServer other = anotherEdge();
    String follow = query + "&channel=socket.busy";
    String cursor;
    try (RawSocket before = RawSocket.open(other.port(), follow)) {
      cursor = JsonMapper.shared().readTree(before.read().text()).at("/welcome/cursor").asString();
    }
    for (int i = 0; i < events; i++) {
      lanes.toChannel("socket.busy", event(i + filler));
    }
    try (RawSocket socket = RawSocket.open(other.port(), follow + "&cursor=" + cursor)) {
      Thread pinging = Thread.startVirtualThread(() -> pingUntilCut(socket));
      int pongs = 0;
      List<Integer> seen = new ArrayList<>();
      while (seen.size() < events) {
        RawSocket.Received frame = socket.read();
        String text = frame.text();
        if (frame.opcode() == RawSocket.PONG) {
          assertThat(text).isEqualTo("are you there?");
          pongs++;
        } else {
          assertThat(frame.opcode()).isEqualTo(RawSocket.TEXT);
          assertThat(text).startsWith("{\"").endsWith("}");
          Matcher id = Pattern.compile("\"id\":\"(\\d+)x{3000}\"").matcher(text);
          if (id.find()) {
            seen.add(Integer.parseInt(id.group(1)));
          }
        }
      }
      assertThat(seen).isEqualTo(IntStream.range(0, events).boxed().toList());
      assertThat(pongs).as("pongs among the events").isGreaterThan(10);
      assertThat(meter(other, "tailrace_edge_write_events_count"))
          .as("turns of these events")
          .isLessThan(meter(other, "tailrace_edge_write_events_sum") / 5);
      socket.cut();
      pinging.join();
    }
  }

  private static double meter(EdgeServer of, String name) throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + of.operatorPort() + "/metrics");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    }
  }

  private static void pingUntilCut(RawSocket socket) {
    byte[] ping =
        RawSocket.frame(RawSocket.PING, "are you there?".getBytes(StandardCharsets.UTF_8));
    try {
      while (true) {
        socket.send(ping);
      }
    } catch (IOException e) {
      // cut by the test
    }
  }

  private static boolean any(BareSocket socket, String part) {
    return socket.texts().stream().anyMatch(text -> text.contains(part));
  }
}
