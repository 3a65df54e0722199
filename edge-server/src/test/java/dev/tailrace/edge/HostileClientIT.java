package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.edge.client.Target;
import dev.tailrace.v1.Event;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients that do not behave, on an edge of their own, next to one that does: that one gets
 * everything, and nothing is left of the others.
 */
class HostileClientIT extends EdgeFixture {
  private static final byte[] LARGE = new byte[100_000];
  private static final int LARGE_EVENTS = 80;
  private static final int MANY = 100_000;

  /** A quarter of the idle timeout. */
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private final String token = Tokens.subscribing("mallory", "*");
  private EdgeServer small = edge;

  @BeforeEach
  void startEdge() {
    small =
        anotherEdge(
            "edge.log.bytes", "1m",
            "edge.heartbeat", "1s",
            "edge.linger", "1s",
            "edge.http.idle.timeout", "2s");
  }

  private Client bystander(String channel) throws Exception {
    return connect(
        ClientKind.SOCKET_PROTO, new Target(small.port(), token, List.of(channel), null));
  }

  /** Each when the one before has come. */
  private void writeLarge(String channel, int from, int to, Client reader) {
    for (int i = from; i < to; i++) {
      lanes.toChannel(
          channel,
          Event.newBuilder()
              .setId("e" + i)
              .setContentType("a/b")
              .setData(ByteString.copyFrom(LARGE))
              .build());
      awaitLast(reader, channel, "e" + i);
    }
  }

  private String dump() throws Exception {
    return operator("/dump");
  }

  private String operator(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + small.operatorPort() + path);
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private Socket request(String path) throws IOException {
    Socket socket = connect();
    write(socket, path);
    return socket;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4 << 10);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port()));
    return socket;
  }

  private void write(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET %s&access_token=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .formatted(path, token)
                .getBytes(StandardCharsets.US_ASCII));
  }

  // ---- those that do not read

  /** A peer that is gone without a word looks the same: what is written to it is not taken. */
  @Test
  void shouldCutWhoeverNeverReads() throws Exception {
    String channel = "hostile.unread";
    Client reader = bystander(channel);
    String cursor = reader.resume().ofChannels().get(channel);
    try (Socket stream = request("/v1/events?channel=" + channel);
        RawSocket socket =
            RawSocket.open(small.port(), "channel=" + channel + "&access_token=" + token)) {
      await().atMost(PATIENCE).until(() -> small.connections() == 3);
      writeLarge(channel, 0, LARGE_EVENTS, reader);
      try (Socket poll = request("/v1/poll?channel=" + channel + "&cursor=" + cursor)) {

        await("only who reads is left").atMost(PATIENCE).until(() -> small.connections() == 1);

        assertThat(isCut(stream)).isTrue();
        assertThat(isCut(poll)).isTrue();
        socket.readCloseCode();
      }
    }
    writeLarge(channel, LARGE_EVENTS, LARGE_EVENTS + 1, reader);
    assertThat(of(reader, channel)).isEqualTo(names(channel, 0, LARGE_EVENTS + 1));
    assertThat(reader.gaps()).isEmpty();
    assertThat(reader.ended()).isNull();
  }

  /** What it sends is no sign that it takes anything. */
  @Test
  void shouldCutAStreamWhoseClientTalksInsteadOfReading() throws Exception {
    String channel = "hostile.talks";
    Client reader = bystander(channel);
    try (Socket stream = request("/v1/events?channel=" + channel)) {
      await().atMost(PATIENCE).until(() -> small.connections() == 2);
      for (int i = 0; i < LARGE_EVENTS; i++) {
        writeLarge(channel, i, i + 1, reader);
        talk(stream);
      }

      await("only who reads is left")
          .pollInterval(HALF_A_SECOND)
          .atMost(PATIENCE)
          .until(
              () -> {
                talk(stream);
                return small.connections() == 1;
              });
    }
  }

  private static void talk(Socket stream) throws IOException {
    try {
      stream.getOutputStream().write('?');
    } catch (SocketException e) {
      // It was cut.
    }
  }

  private static boolean isCut(Socket socket) throws IOException {
    byte[] some = new byte[64 << 10];
    try (InputStream in = socket.getInputStream()) {
      while (true) {
        if (in.read(some) < 0) {
          return true;
        }
      }
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** A byte for each event of 100,000: it takes what it takes, in order, and holds up nobody. */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/events", "/v1/socket"})
  void shouldServeWhoReadsAByteNowAndThenWhatItTakes(String path) throws Exception {
    small = anotherEdge("edge.log.bytes", "1m", "edge.heartbeat", "1s");
    String channel = "hostile.trickle" + path.replace('/', '.');
    Client reader = bystander(channel);
    String upgrade = path.equals("/v1/socket") ? upgrade() : "";
    try (Socket slow = new Socket()) {
      slow.setReceiveBufferSize(64 << 10);
      slow.setSoTimeout(60_000);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port()));
      slow.getOutputStream()
          .write(
              "GET %s?channel=%s&access_token=%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                  .formatted(path, channel, token, upgrade)
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(PATIENCE).until(() -> small.connections() == 2);
      StringBuilder taken = new StringBuilder();
      InputStream in = slow.getInputStream();
      while (taken.indexOf("cursor\":") < 0) { // it follows from here on
        taken.append((char) in.read());
      }

      for (int i = 0; i < LARGE_EVENTS; i++) {
        writeLarge(channel, i, i + 1, reader);
        taken.append((char) in.read());
      }
      List<String> ids = new ArrayList<>();
      IdFinder finder = new IdFinder(ids);
      taken.chars().forEach(finder::onByte);
      InputStream rest = new BufferedInputStream(in);
      while (ids.size() < LARGE_EVENTS) {
        int next = rest.read();
        assertThat(next).as("it was not cut, after %s", ids).isNotNegative();
        finder.onByte(next);
      }

      assertThat(ids.stream().map(id -> channel + "/" + id).toList())
          .isEqualTo(names(channel, 0, LARGE_EVENTS));
    }
    assertThat(of(reader, channel)).isEqualTo(names(channel, 0, LARGE_EVENTS));
  }

  private static String upgrade() {
    return "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  }

  /** Finds {@code "id":"…"} in a stream of bytes. */
  private static final class IdFinder {
    private static final String BEGINNING = "\"id\":\"";
    private final List<String> ids;
    private final StringBuilder id = new StringBuilder();
    private int matched;

    IdFinder(List<String> ids) {
      this.ids = ids;
    }

    void onByte(int b) {
      if (matched < BEGINNING.length()) {
        matched = b == BEGINNING.charAt(matched) ? matched + 1 : b == '"' ? 1 : 0;
      } else if (b == '"') {
        ids.add(id.toString());
        id.setLength(0);
        matched = 0;
      } else {
        id.append((char) b);
      }
    }
  }

  // ---- those that send what they should not

  @Test
  void shouldEndASocketThatSendsGarbageWhileItReceives() throws Exception {
    String channel = "hostile.garbage";
    Client reader = bystander(channel);
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      byte[] garbage = new byte[1_000];
      random.nextBytes(garbage);
      garbage[0] = (byte) (0xF0 | i); // reserved bits: no frame at all
      try (RawSocket socket =
          RawSocket.open(small.port(), "channel=" + channel + "&access_token=" + token)) {
        assertThat(socket.read().text()).contains("welcome");
        lanes.toChannel(channel, event("e" + i));
        socket.send(garbage);

        assertThat(socket.readCloseCode()).isIn(1002, 1007, -1);
        awaitLast(reader, channel, "e" + i);
      }
    }
    await("only who behaves is left").atMost(PATIENCE).until(() -> small.connections() == 1);
    assertThat(of(reader, channel)).isEqualTo(names(channel, 0, 20));
  }

  // ---- those that come and go

  enum Leaving {
    BEFORE_THE_ANSWER,
    WHEN_IT_IS_OPEN,
    WITH_A_RESET
  }

  @ParameterizedTest
  @EnumSource(Leaving.class)
  void shouldKeepNothingOfClientsThatComeAndGo(Leaving leaving) throws Exception {
    comeAndGo(leaving, 60); // what is made once is made
    await().atMost(PATIENCE).until(() -> small.connections() == 0);
    long files = openFiles();

    comeAndGo(leaving, 600);

    await().atMost(PATIENCE).until(() -> small.connections() == 0);
    await("agents hold no connection and no reader")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(dump())
                    .contains("connections 0\n")
                    .doesNotContainPattern("readers [1-9]"));
    await("gauges")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(operator("/metrics").lines())
                    .filteredOn(line -> line.startsWith("tailrace_edge_connections{"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith(" 0.0")));
    await("files").atMost(PATIENCE).until(() -> openFiles() <= files + 20);
  }

  private void comeAndGo(Leaving leaving, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      String channel = "channel=hostile.loop" + i % 50;
      Socket socket =
          switch (i % 3) {
            case 0 -> request("/v1/events?" + channel);
            case 1 -> request("/v1/poll?" + channel + "&wait=60&cursor=abc~c1-1.1");
            default -> new Socket(InetAddress.getLoopbackAddress(), small.port());
          };
      if (i % 3 == 2) {
        socket
            .getOutputStream()
            .write(
                "GET /v1/socket?%s&access_token=%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                    .formatted(channel, token, upgrade())
                    .getBytes(StandardCharsets.US_ASCII));
      }
      if (leaving == Leaving.WHEN_IT_IS_OPEN) {
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      if (leaving == Leaving.WITH_A_RESET) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    }
  }

  private static long openFiles() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  // ---- those that want too much

  @ParameterizedTest
  @ValueSource(strings = {"/v1/events", "/v1/poll", "/v1/socket"})
  void shouldRefuseAUrlOfTooManyChannels(String path) throws Exception {
    StringBuilder query = new StringBuilder(path).append("?channel=hostile.a");
    for (int i = 0; i < MANY; i++) {
      query.append("&channel=hostile.").append(i);
    }
    try (Socket socket = connect()) {
      try {
        write(socket, query.toString());
      } catch (SocketException e) {
        // The edge has answered before it was all sent, and closed.
      }
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 414 ").contains("application/problem+json");
      JsonNode problem = JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
      assertThat(problem.path("code").asString()).isEqualTo("uri_too_long");
    }
    await().atMost(PATIENCE).until(() -> small.connections() == 0);
  }

  @Test
  void shouldRefuseSubscriptionsBeyondTheLimitAndDeliverTheOthers() throws Exception {
    int limit = 100;
    // With the usual timeouts: the reader writes to Kafka, which may take its time.
    EdgeServer patient = anotherEdge("edge.log.bytes", "1m");
    String tooMany = "{\"subscribe\":{\"ref\":1,\"channels\":[" + manyNames(1_000_000) + "]}}";
    try (RawSocket socket = RawSocket.openWide(patient.port(), "access_token=" + token)) {
      Thread asking =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < MANY; i++) {
                    socket.sendText(
                        "{\"subscribe\":{\"ref\":%d,\"channel\":\"hostile.many%d\"}}"
                            .formatted(i, i));
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      int subscribed = 0;
      int refused = 0;
      int delivered = 0;
      while (subscribed + refused < MANY) {
        JsonNode frame = JsonMapper.shared().readTree(socket.readPassingPings().text());
        if (frame.has("subscribed")) {
          subscribed++;
        } else if (frame.has("error")) {
          assertThat(frame.path("error").path("code").asString())
              .isEqualTo("too_many_subscriptions");
          refused++;
        } else if (frame.has("event")) {
          delivered++;
        }
        if (subscribed == limit && refused % 10_000 == 0) {
          lanes.toChannel("hostile.many3", event("e" + refused)); // it is followed all the while
        }
      }
      asking.join();
      assertThat(subscribed).isEqualTo(limit);

      socket.sendText(tooMany);
      assertThat(readUntil(socket, "\"error\"")).contains("unknown_member");
      lanes.toChannel("hostile.many99", event("last"));
      assertThat(readUntil(socket, "\"id\":\"last\"")).contains("hostile.many99");
      assertThat(delivered).as("events among the refusals").isPositive();
    }
  }

  private static String manyNames(int bytes) {
    StringBuilder names = new StringBuilder("\"hostile.0\"");
    for (int i = 1; names.length() < bytes; i++) {
      names.append(",\"hostile.").append(i).append('"');
    }
    return names.toString();
  }

  private static String readUntil(RawSocket socket, String part) throws IOException {
    String text = socket.readAnsweringPings().text();
    while (!text.contains(part)) {
      text = socket.readAnsweringPings().text();
    }
    return text;
  }
}
