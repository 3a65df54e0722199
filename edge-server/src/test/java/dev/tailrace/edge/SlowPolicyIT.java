package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.edge.client.Target;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do not read, on channels where that has consequences. */
class SlowPolicyIT extends EdgeFixture {
  private static final int EVENTS = 200;
  private static final byte[] LARGE = new byte[100_000];

  private EdgeServer small = edge;

  @BeforeEach
  void startEdgeWithSmallWindows() {
    small =
        anotherEdge(
            "edge.log.bytes", "1m",
            "edge.heartbeat", "500ms",
            "edge.http.idle.timeout", "10m",
            "edge.slow.policy", "slow.skip*=skip,slow.cut*=disconnect");
  }

  /**
   * More than sockets and window hold; returns when a client that reads has had it all. It is never
   * more than an event behind: the policy is its channel's, too.
   */
  private void overrun(String channel) throws Exception {
    Client quick = connect(ClientKind.SOCKET_PROTO, on(channel));
    for (int i = 0; i < EVENTS; i++) {
      lanes.toChannel(
          channel,
          Event.newBuilder()
              .setId("e" + i)
              .setContentType("a/b")
              .setData(ByteString.copyFrom(LARGE))
              .build());
      int sent = i + 1;
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> quick.names().size() >= sent);
    }
    assertThat(of(quick, channel)).isEqualTo(names(channel, 0, EVENTS));
  }

  private Target on(String... channels) {
    return new Target(small.port(), Tokens.subscribing("quick", "*"), List.of(channels), null);
  }

  @Test
  void shouldSkipToTheLatestWhenItReadsAgain() throws Exception {
    String token = Tokens.subscribing("slow", "*");
    try (StuckSubscriber stuck = StuckSubscriber.open(small.port(), token, "slow.skip")) {
      overrun("slow.skip");

      stuck.readUntil("event: tailrace.gap");
      assertThat(stuck.readUntil("data: "))
          .startsWith("data: {\"channels\":[\"slow.skip\"],\"to\":")
          .contains("\"reason\":\"skipped\"");
      lanes.toChannel("slow.skip", event("after"));
      assertThat(stuck.readIdsUntil("after")).containsExactly("after");
    }
  }

  @Test
  void shouldSkipToTheLatestOnASocketThatReadsAgain() throws Exception {
    String channel = "slow.skip.socket";
    String query = "channel=%s&access_token=%s".formatted(channel, Tokens.subscribing("slow", "*"));
    try (RawSocket stuck = RawSocket.open(small.port(), query)) {
      readUntil(stuck, "{\"welcome\":");
      overrun(channel);

      assertThat(readUntil(stuck, "{\"gap\":"))
          .startsWith("{\"gap\":{\"channels\":[\"slow.skip.socket\"],\"to\":")
          .contains("\"reason\":\"skipped\"");
      lanes.toChannel(channel, event("after"));
      assertThat(readUntil(stuck, "{\"event\":")).contains("\"id\":\"after\"");
    }
  }

  /** Reads messages until one begins so, and returns it. */
  private static String readUntil(RawSocket socket, String beginning) throws IOException {
    String text = socket.readAnsweringPings().text();
    while (!text.startsWith(beginning)) {
      text = socket.readAnsweringPings().text();
    }
    return text;
  }

  @Test
  void shouldCloseASocketThatDoesNotRead() throws Exception {
    Unread socket = new Unread();
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket unread =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create(
                      "ws://127.0.0.1:%d/v1/socket?channel=slow.cut&access_token=%s"
                          .formatted(small.port(), Tokens.subscribing("slow", "*"))),
                  socket)
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> small.connections() == 1);
      overrun("slow.cut");
      await()
          .atMost(PATIENCE)
          .until(() -> scrape().contains("connections_closed_total{reason=\"lagging\""));

      unread.request(Long.MAX_VALUE);

      assertThat(socket.closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo("4008 too slow");
      assertThat(scrape()).contains("tailrace_edge_slow_policy_total{policy=\"disconnect\"} 1.0");
    }
  }

  @Test
  void shouldTellAStreamThatReadsTooLateWhyItEnds() throws Exception {
    String token = Tokens.subscribing("slow", "*");
    try (StuckSubscriber stuck = StuckSubscriber.open(small.port(), token, "slow.cut.stream")) {
      overrun("slow.cut.stream");

      stuck.readUntil("retry: ");

      assertThat(stuck.readUntil(":")).isEqualTo(": too slow");
    }
  }

  /** Long before the idle timeout, which a client that takes a little now and then puts off. */
  @Test
  void shouldCutAStreamThatDoesNotReadThatItIsEnded() throws Exception {
    String token = Tokens.subscribing("slow", "*");
    try (StuckSubscriber stuck = StuckSubscriber.open(small.port(), token, "slow.cut.stuck")) {
      overrun("slow.cut.stuck");

      await("only who reads is left").atMost(PATIENCE).until(() -> small.connections() == 1);

      assertThatThrownBy(() -> stuck.readUntil("retry: ")).isInstanceOf(IOException.class);
    }
  }

  private String scrape() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + small.operatorPort() + "/metrics");
      return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    }
  }

  /** Takes nothing until it is asked to. */
  private static final class Unread implements WebSocket.Listener {
    private final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public void onOpen(WebSocket opened) {}

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable cause) {
      closed.completeExceptionally(cause);
    }
  }
}
