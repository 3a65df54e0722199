package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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

  private static boolean any(BareSocket socket, String part) {
    return socket.texts().stream().anyMatch(text -> text.contains(part));
  }
}
