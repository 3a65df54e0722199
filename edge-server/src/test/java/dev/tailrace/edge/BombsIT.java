package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Little that would become much: JSON without a bottom, and heads without an end. */
class BombsIT extends EdgeFixture {
  private static final int TIMES = 20;
  private static final int DEPTH = 100_000;
  private static final String DEEP = "[".repeat(DEPTH) + "]".repeat(DEPTH);
  private static final String BODY =
      "POST /v1/publish HTTP/1.1\r\nContent-Type: application/json\r\n";
  private static final String JSON = "tailrace.v1.json";

  /** A request, and what it is answered. */
  enum Bomb {
    DEEP_BODY(BODY, DEEP, 400),
    DEEP_MEMBER(BODY, "{\"channels\":" + DEEP + "}", 400),
    DEEP_DATA(BODY, "{\"channels\":[\"bomb\"],\"data\":" + DEEP + "}", 400),
    DEEP_OBJECTS(BODY, "{\"data\":".repeat(DEPTH), 400),
    UNENDED_ARRAYS(BODY, "{\"channels\":[\"bomb\"],\"data\":" + "[".repeat(DEPTH), 400),
    LONG_NUMBER(BODY, "{\"channels\":[\"bomb\"],\"ttl\":" + "9".repeat(DEPTH) + "}", 400),
    LONG_NAME(BODY, "{\"" + "x".repeat(DEPTH) + "\":1}", 400),
    LONG_URL("GET /v1/events?channel=" + "x".repeat(DEPTH) + " HTTP/1.1\r\n", "", 414),
    LONG_HEADER("GET /v1/events HTTP/1.1\r\nX-Long: " + "x".repeat(DEPTH) + "\r\n", "", 431),
    MANY_HEADERS("GET /v1/events HTTP/1.1\r\n" + "X: y\r\n".repeat(DEPTH / 6), "", 431),
    MANY_COOKIES(
        "GET /v1/events HTTP/1.1\r\nCookie: " + "a=b;".repeat(DEPTH / 4) + "\r\n", "", 431);

    private final String head;
    private final String body;
    private final int status;

    Bomb(String head, String body, int status) {
      this.head = head;
      this.body = body;
      this.status = status;
    }

    private String request(String token) {
      return head
          + "Host: localhost\r\nConnection: close\r\nAuthorization: Bearer "
          + token
          + (body.isEmpty() ? "" : "\r\nContent-Length: " + body.length())
          + "\r\n\r\n"
          + body;
    }
  }

  private final String token = Tokens.subscribing("honest", "*");

  @ParameterizedTest
  @EnumSource
  void shouldRefuseItAndServeTheOthers(Bomb bomb) throws Exception {
    String request = bomb.request(Tokens.publishing("bomber", "*"));
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, edge.port(), token, "honest." + bomb)) {
      for (int i = 0; i < TIMES; i++) {
        assertThat(answer(request)).startsWith("HTTP/1.1 " + bomb.status + " ");
      }
      crowd.expectNext();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "{\"ping\":%s}",
        "{\"subscribe\":{\"channel\":%s}}",
        "{\"publish\":{\"data\":%s}}"
      })
  void shouldEndWhoSendsACommandWithoutABottom(String command) throws Exception {
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, edge.port(), token, "honest.commands")) {
      for (int i = 0; i < TIMES; i++) {
        try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
          socket.trySend(command.formatted(DEEP));
          Awaitility.await().atMost(PATIENCE).until(() -> socket.closeCode() == 1007);
        }
      }
      crowd.expectNext();
    }
  }

  /** An event is written by whoever may; its data is the clients' to read. */
  @Test
  void shouldDeliverDataWithoutABottomAsAnyOther() throws Exception {
    Map<ClientKind, Client> clients = new EnumMap<>(ClientKind.class);
    for (ClientKind kind : ClientKind.values()) {
      clients.put(kind, connect(kind, target("deep", "bomb.data")));
    }
    lanes.toChannel(
        "bomb.data",
        Event.newBuilder().setId("deep").setData(ByteString.copyFromUtf8(DEEP)).build());
    lanes.toChannel("bomb.data", event("after"));
    clients.forEach(
        (kind, client) -> {
          awaitLast(client, "bomb.data", "after");
          assertThat(client.names()).as(kind.name()).contains("bomb.data/deep");
          assertThat(client.ended()).as(kind.name()).isNull();
        });
  }

  private static String answer(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      Thread.startVirtualThread(
          () -> {
            try {
              socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
              // it is not taken to its end
            }
          });
      return new String(socket.getInputStream().readNBytes(13), StandardCharsets.ISO_8859_1);
    }
  }
}
