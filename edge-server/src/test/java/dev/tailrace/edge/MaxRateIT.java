package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.edge.client.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Less volume for the same freshness, over real sockets. */
class MaxRateIT extends EdgeFixture {
  private static final int EVENTS = 400;
  private static final int KEYS = 4;
  private static final int INTERVAL_MS = 500;

  private final String token = Tokens.subscribing("paced", "*");

  /** What comes, one object after the other. */
  private interface Source extends AutoCloseable {
    JsonNode next() throws IOException;

    @Override
    void close() throws IOException;
  }

  private Source open(String transport, String channel) throws IOException {
    String query = "channel=%s&max_rate=2&access_token=%s".formatted(channel, token);
    return transport.equals("sse") ? stream(query) : socket(query);
  }

  private Source stream(String query) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket
        .getOutputStream()
        .write(
            "GET /v1/events?%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .formatted(query)
                .getBytes(StandardCharsets.US_ASCII));
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    return new Source() {
      @Override
      public JsonNode next() throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
          line = lines.readLine();
        }
        return JsonMapper.shared().readTree(line.substring("data: ".length()));
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  private Source socket(String query) throws IOException {
    RawSocket socket = RawSocket.open(edge.port(), query);
    return new Source() {
      @Override
      public JsonNode next() throws IOException {
        JsonNode frame = JsonMapper.shared().readTree(socket.read().text());
        return frame.has("event") ? frame.path("event") : frame;
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"sse", "socket"})
  void shouldBringTheNewestOfEachKeyAtTheRateThatWasAskedFor(String transport) throws Exception {
    String channel = "rate." + transport;
    Client all =
        connect(ClientKind.SOCKET_PROTO, new Target(edge.port(), token, List.of(channel), null));
    try (Source paced = open(transport, channel)) {
      JsonNode first = paced.next();
      assertThat(first.has("cursor") || first.has("welcome")).isTrue();

      long fromNs = System.nanoTime();
      for (int i = 0; i < EVENTS; i++) {
        lanes.toChannel(
            channel, event("e" + i).toBuilder().setConflationKey("key-" + i % KEYS).build());
      }
      List<String> ids = new ArrayList<>();
      List<String> newest = names(channel, EVENTS - KEYS, EVENTS);
      while (!ids.containsAll(newest)) {
        JsonNode event = paced.next();
        assertThat(event.has("reason") || event.has("gap") || event.has("conflated"))
            .as("what was asked for is no loss: %s", event)
            .isFalse();
        if (event.has("id")) {
          ids.add(channel + "/" + event.path("id").asString());
        }
      }
      long intervals = (System.nanoTime() - fromNs) / 1_000_000 / INTERVAL_MS + 2;

      assertThat(ids).endsWith(newest.toArray(String[]::new)).doesNotHaveDuplicates();
      assertThat(ids.stream().map(MaxRateIT::number).toList()).isSorted();
      assertThat(ids.size()).isLessThanOrEqualTo((int) intervals * KEYS).isLessThan(EVENTS);
    }
    awaitEvents(all, EVENTS);
    assertThat(of(all, channel)).as("the others get all").isEqualTo(names(channel, 0, EVENTS));
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('e') + 1));
  }
}
