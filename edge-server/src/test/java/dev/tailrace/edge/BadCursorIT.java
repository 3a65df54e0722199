package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cursors that no edge has told: each is answered with what is wrong, or with a gap, or is as good
 * as what it says, and costs no more than one that is honest.
 */
class BadCursorIT extends EdgeFixture {
  private static final String JSON = "tailrace.v1.json";
  private static final int PARTITIONS = 500;
  private static final List<ClientKind> EACH =
      List.of(ClientKind.SSE, ClientKind.SOCKET_JSON, ClientKind.POLL);

  private final HttpClient http = HttpClient.newHttpClient();
  private String tag = "";

  @BeforeEach
  void learnTheTag() throws Exception {
    String cursor = poll(edge, "whoever", "").path("cursor").asString();
    tag = cursor.substring(0, cursor.indexOf('~'));
  }

  @AfterEach
  void closeHttp() {
    http.shutdownNow();
  }

  // ---- those that are none

  /** What is left of a cursor, what was mixed up in it, and what is wrong with it. */
  private Map<String, String> malformed() {
    return Map.of(
        tag + "~x1-1.1",
        "part 1 of the cursor names no lane",
        tag + "~c1-0.1~c1",
        "part 2 of the cursor is not",
        tag + "~c1-0.1~",
        "part 2 of the cursor is not",
        tag + "~tk~c1-0.1",
        "part 1 of the cursor is not",
        "c1-0.1~" + tag,
        "does not begin with a cluster tag",
        tag + "~c1-0.1~zzz~c1-1.1",
        "part 2 of the cursor is not",
        tag + "~c1-0.1~c1-0.2",
        "part 2 of the cursor repeats a partition",
        tag + "~c1-0." + "z".repeat(13),
        "the offset in part 1 is not a number",
        ofPartitions(PARTITIONS, 36L * 36),
        "characters, the limit is 4,096");
  }

  @Test
  void shouldSayOnEveryTransportWhatIsWrong() throws Exception {
    String token = Tokens.subscribing("mallory", "*");
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
      await("its welcome").atMost(PATIENCE).until(() -> !socket.texts().isEmpty());
      for (Map.Entry<String, String> bad : malformed().entrySet()) {
        for (String path : List.of("/v1/events", "/v1/poll", "/v1/socket")) {
          String query = "?channel=cursors.bad&cursor=%s&access_token=".formatted(bad.getKey());
          HttpResponse<String> answer = get(edge.port(), path + query + token);

          assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(400);
          assertThat(answer.headers().firstValue("Content-Type"))
              .hasValue("application/problem+json");
          assertThat(json(answer.body()).path("code").asString()).isEqualTo("bad_cursor");
          assertThat(json(answer.body()).path("detail").asString()).contains(bad.getValue());
        }
        int before = socket.texts().size();
        socket.send(subscribe("cursors.bad", bad.getKey()));
        await().atMost(PATIENCE).until(() -> socket.texts().size() > before);
        assertThat(socket.texts().getLast()).contains("bad_cursor", bad.getValue());
      }
      socket.send(subscribe("cursors.bad", tag));
      await().atMost(PATIENCE).until(() -> socket.texts().getLast().contains("subscribed"));
    }
  }

  private static String subscribe(String channel, String cursor) {
    return "{\"subscribe\":{\"ref\":1,\"channel\":\"%s\",\"cursor\":\"%s\"}}"
        .formatted(channel, cursor);
  }

  @Test
  void shouldSayWhatIsWrongWithALastEventIdWhateverTheQuerySays() throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/v1/events?cursor=%s&access_token=%s"
                .formatted(edge.port(), tag, Tokens.subscribing("mallory", "*")));
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Last-Event-ID", "abc~c1-H.1")
                .build(),
            BodyHandlers.ofString());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer.body()).path("code").asString()).isEqualTo("bad_cursor");
    assertThat(json(answer.body()).path("detail").asString()).contains("the partition in part 1");
  }

  // ---- those that say more than they should

  /** Of other generations than this lane's, or of partitions that it does not have. */
  @ParameterizedTest
  @EnumSource(names = {"SSE", "SOCKET_JSON", "POLL"})
  void shouldTellAGapForPositionsThatWereMixedInFromAnotherCluster(ClientKind kind)
      throws Exception {
    String channel = "cursors.mixed." + kind;
    write(channel, 0, 3);
    String mixed = tag + "~c7-2.5~u9-1.4~c1-zz.3";

    Client client = connect(kind, target("mixed", channel).from(everywhere(channel, mixed)));
    await()
        .atMost(PATIENCE)
        .until(() -> client.gaps().stream().anyMatch(gap -> gap.channels().contains(channel)));
    write(channel, 3, 6);
    awaitLast(client, channel, "e5");

    assertThat(client.gaps()).extracting(Client.Gap::reason).containsOnly("generation");
    assertThat(of(client, channel)) // the present is where the edge has read to: e2 may be to come
        .doesNotHaveDuplicates()
        .containsSubsequence(names(channel, 3, 6));
  }

  @Test
  void shouldGoByItsOwnPartitionOfFiveHundredAndReadNoOther() throws Exception {
    EdgeServer own = anotherEdge();
    String channel = "cursors.many";
    IntStream.range(0, 10).forEach(i -> write("cursors.others." + i, 0, 3));
    long first = lanes.toChannel(channel, event("e0")).offset();
    write(channel, 1, 5);
    LanePartition partition = lanes.slots().channelPartition(channel);
    String cursor =
        ofPartitions(PARTITIONS, 0)
            .replaceFirst(text(partition, 0) + "(?=~)", text(partition, first));
    assertThat(CursorCodec.decode(cursor).positions())
        .hasSize(PARTITIONS)
        .containsEntry(partition, first);

    for (ClientKind kind : EACH) {
      Client client =
          connect(kind, target("many", channel).at(own.port()).from(everywhere(channel, cursor)));
      awaitEvents(client, 5);

      assertThat(client.gaps()).as(kind.name()).isEmpty();
      assertThat(of(client, channel)).as(kind.name()).isEqualTo(names(channel, 0, 5));
    }
    assertThat(metric(own, "tailrace_edge_tail_partitions"))
        .as("its user's, its channel's and that of the broadcast channel")
        .isLessThanOrEqualTo(3);
  }

  private String ofPartitions(int count, long offset) {
    StringBuilder text = new StringBuilder(tag);
    for (int i = 0; i < count; i++) {
      text.append(text(new LanePartition(Lane.CHANNELS, 1, i), offset));
    }
    return text.toString();
  }

  private static String text(LanePartition partition, long offset) {
    StringBuilder text = new StringBuilder();
    CursorCodec.append(text, partition, offset);
    return text.toString();
  }

  /** Positions of all users and channels, for somebody who may follow one channel. */
  @Test
  void shouldGiveNothingOfLanesThatTheClientMayNotRead() throws Exception {
    EdgeServer own = anotherEdge();
    String channel = "cursors.granted";
    for (int i = 0; i < 12; i++) {
      lanes.toUser("victim" + i, event("secret"));
      lanes.toChannel("cursors.secret." + i, event("secret"));
    }
    lanes.toUser("mallory", event("own"));
    write(channel, 0, 2);
    StringBuilder all = new StringBuilder(tag);
    IntStream.range(0, USER_PARTITIONS).forEach(i -> all.append("~u1-").append(i).append(".0"));
    IntStream.range(0, CHANNEL_PARTITIONS).forEach(i -> all.append("~c1-").append(i).append(".0"));
    Target target =
        new Target(
            own.port(),
            Tokens.subscribing("mallory", channel),
            List.of(channel),
            everywhere(channel, all.toString()));

    List<Client> clients = new ArrayList<>();
    for (ClientKind kind : EACH) {
      clients.add(connect(kind, target));
    }
    lanes.toChannel(channel, event("last"));
    for (Client client : clients) {
      awaitLast(client, channel, "last");
      awaitLast(client, "", "own");

      assertThat(of(client, channel)).startsWith(channel + "/e0", channel + "/e1");
      assertThat(new String(client.raw(), StandardCharsets.UTF_8))
          .doesNotContain("secret", "victim");
    }
    assertThat(metric(own, "tailrace_edge_tail_partitions"))
        .as("its user's, its channel's and that of the broadcast channel")
        .isLessThanOrEqualTo(3);
  }

  private static Client.Resume everywhere(String channel, String cursor) {
    return new Client.Resume(cursor, Map.of(channel, cursor));
  }

  // ---- those that come again and again

  private static final int AT_A_TIME = 20;
  private static final int TIMES_EACH = 25;
  private static final int OLD_EVENTS = 40;
  private static final byte[] OLD = new byte[100_000];
  private static final long SHARE = 1 << 20;

  /** With one old cursor, each leaving as soon as it is answered. */
  @Test
  void shouldReadNoMoreThanAShareForClientsThatReplayInALoop() throws Exception {
    String channel = "cursors.loop";
    EdgeServer own =
        anotherEdge("edge.log.bytes", "1m", "edge.catchup.user.bytes", Long.toString(SHARE));
    long first = writeOld(channel);
    String cursor = tag + text(lanes.slots().channelPartition(channel), first);
    Client bystander = connect(ClientKind.SSE, target("ann", channel).at(own.port()));

    int live = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> looping = new ArrayList<>();
      for (int i = 0; i < AT_A_TIME; i++) {
        looping.add(threads.submit(replaying(own, channel, cursor)));
      }
      while (looping.stream().anyMatch(loop -> !loop.isDone())) {
        write(channel, live, live + 1);
        awaitLast(bystander, channel, "e" + live);
        live++;
      }
      for (Future<Void> loop : looping) {
        loop.get();
      }
    }
    JsonNode answer = poll(own, "mallory", "&channel=" + channel + "&cursor=" + cursor);

    assertThat(answer.path("gaps").path(0).path("reason").asString()).isEqualTo("budget");
    assertThat(answer.path("gaps").path(0).path("channels").path(0).asString()).isEqualTo(channel);
    assertThat(of(bystander, channel)).isEqualTo(names(channel, 0, live));
    assertThat(bystander.gaps()).isEmpty();
    await().atMost(PATIENCE).until(() -> own.connections() == 1);
    await("nobody is read for any more")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(operator(own, "/dump")).contains("waiting sessions: 0\n"));
    assertThat(metric(own, "tailrace_edge_catchup_scanned_bytes_total"))
        .as("of %d replays", AT_A_TIME * TIMES_EACH)
        .isLessThan(SHARE + 2.0 * OLD_EVENTS * OLD.length);
    assertOthersMayReplay(own, channel, cursor);
    for (ClientKind kind : ClientKind.values()) {
      assertIsToldOfTheBudget(kind, own, channel, cursor);
    }
  }

  /** Before what is newer, which goes on coming. */
  private void assertIsToldOfTheBudget(
      ClientKind kind, EdgeServer at, String channel, String cursor) throws Exception {
    Client client =
        connect(kind, target("mallory", channel).at(at.port()).from(everywhere(channel, cursor)));
    await(kind + " is told")
        .atMost(PATIENCE)
        .until(() -> client.gaps().stream().anyMatch(gap -> gap.channels().contains(channel)));
    lanes.toChannel(channel, event("after " + kind));
    awaitLast(client, channel, "after " + kind);

    assertThat(client.gaps()).as("%s", kind).extracting(Client.Gap::reason).containsOnly("budget");
    assertThat(client.names()).as("%s", kind).doesNotContain(channel + "/old39");
    client.close();
  }

  private static void assertOthersMayReplay(EdgeServer at, String channel, String cursor)
      throws Exception {
    try (Client bob =
        ClientKind.SSE.open(
            target("bob", channel).at(at.port()).from(everywhere(channel, cursor)))) {
      await().atMost(PATIENCE).until(() -> of(bob, channel).size() >= 2);
      assertThat(of(bob, channel)).startsWith(channel + "/old0", channel + "/old1");
    }
  }

  private static long writeOld(String channel) {
    long first = -1;
    for (int i = 0; i < OLD_EVENTS; i++) {
      long offset =
          lanes
              .toChannel(
                  channel,
                  event("old" + i).toBuilder()
                      .setContentType("a/b")
                      .setData(ByteString.copyFrom(OLD))
                      .build())
              .offset();
      first = first < 0 ? offset : first;
    }
    return first;
  }

  /** Streams, sockets and polls in turn. */
  private static Callable<Void> replaying(EdgeServer at, String channel, String cursor) {
    String query =
        "?channel=%s&cursor=%s&access_token=%s"
            .formatted(channel, cursor, Tokens.subscribing("mallory", "*"));
    String upgrade =
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    return () -> {
      for (int i = 0; i < TIMES_EACH; i++) {
        switch (i % 3) {
          case 0 -> takeFirstBytes(at, "/v1/events" + query, "", "id: ");
          case 1 -> takeFirstBytes(at, "/v1/socket" + query, upgrade, "welcome");
          default -> takeFirstBytes(at, "/v1/poll" + query, "", "cursor");
        }
      }
      return null;
    };
  }

  private static void takeFirstBytes(EdgeServer at, String path, String headers, String until)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                  .formatted(path, headers)
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] some = new byte[4 << 10];
      StringBuilder taken = new StringBuilder();
      while (taken.indexOf(until) < 0) {
        int count = in.read(some);
        assertThat(count).as("what was answered ends with %s", taken).isPositive();
        taken.append(new String(some, 0, count, StandardCharsets.ISO_8859_1));
      }
      socket.setSoLinger(true, 0); // it takes nothing more
    }
  }

  // ---- what an edge says

  private JsonNode poll(EdgeServer at, String user, String query) throws Exception {
    HttpResponse<String> answer =
        get(at.port(), "/v1/poll?wait=0&access_token=" + Tokens.subscribing(user, "*") + query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .build(),
        BodyHandlers.ofString());
  }

  private String operator(EdgeServer of, String path) throws Exception {
    return get(of.operatorPort(), path).body();
  }

  /** A metric that has no labels. */
  private double metric(EdgeServer of, String name) throws Exception {
    return operator(of, "/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
