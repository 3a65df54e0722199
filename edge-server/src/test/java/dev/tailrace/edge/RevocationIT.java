package dev.tailrace.edge;

import static dev.tailrace.edge.control.Records.control;
import static dev.tailrace.edge.control.Records.disconnect;
import static dev.tailrace.edge.control.Records.issuedBefore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.Target;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Control;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is revoked, for those who are connected, those who come back, and at every edge. */
class RevocationIT extends EdgeFixture {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant BEFORE = NOW.minusSeconds(60);
  private static final Instant LATER = NOW.plusSeconds(60);
  private static final String STREAM = "kXv2_Lq8-0Zt5yWm";
  private static final String TOLD = "tailrace.error";
  private static final SlotMap SLOTS = SlotMap.initial(USER_PARTITIONS, CHANNEL_PARTITIONS);

  private static HttpClient http;
  private static Producer<byte[], byte[]> controls;

  @BeforeAll
  static void open() {
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    controls =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void closeAll() {
    controls.close();
    http.close();
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldEndAndRefuseARevokedUserUntilHeHasANewToken(ClientKind kind) throws Exception {
    String channel = "revoked.user." + kind;
    String user = "ann." + kind;
    Client revoked = connect(kind, withToken(token(user, BEFORE), channel));
    Client other = connect(kind, withToken(token("bob." + kind, BEFORE), channel));
    write(channel, 0, 2);
    awaitEvents(revoked, 2);

    tell(control(issuedBefore(NOW).setSubject(user)));

    assertEnded(revoked, kind, "4403 revoked", "401", ": revoked");
    assertThat(revoked.comeBackAfterMs()).as("when to come back").isEmpty();
    assertRefused(edge, token(user, BEFORE));
    write(channel, 2, 3);
    awaitLast(other, channel, "e2");
    assertThat(of(revoked, channel)).isEqualTo(names(channel, 0, 2));
    Target fresh = withToken(token(user, LATER), channel).from(revoked.resume());
    Client again = connect(kind, fresh);
    awaitLast(again, channel, "e2");
    assertThat(other.ended()).isNull();
  }

  @Test
  void shouldEndTheConnectionsOfOneTokenOfAUser() throws Exception {
    String stolen = Tokens.issued("cid", "stolen", BEFORE);
    String kept = Tokens.issued("cid", "kept", BEFORE);
    Client thief = connect(ClientKind.SSE, withToken(stolen, "revoked.token"));
    Client owner = connect(ClientKind.SSE, withToken(kept, "revoked.token"));

    tell(control(issuedBefore(NOW).setTokenId("stolen")));

    assertEnded(thief, ClientKind.SSE, "", "", ": revoked");
    assertRefused(edge, stolen);
    write("revoked.token", 0, 1);
    awaitEvents(owner, 1);
    assertThat(thief.events()).isEmpty();
  }

  /** Another channel lies in the same partition: event streams and polls share a position. */
  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldTakeARevokedChannelFromThoseWhoFollowItAndLeaveTheOthers(ClientKind kind)
      throws Exception {
    String lost = "revoked.channel." + kind;
    String kept = besides(lost);
    String token = token("dan." + kind, BEFORE);
    Client client = connect(kind, withToken(token, lost, kept));
    Client other = connect(kind, withToken(token("eve." + kind, BEFORE), lost));
    write(lost, 0, 1);
    write(kept, 0, 1);
    awaitEvents(client, 2);

    tell(control(issuedBefore(NOW).setChannel(lost).setSubject("dan." + kind)));

    if (kind == ClientKind.POLL) {
      await().atMost(PATIENCE).until(() -> client.ended() != null);
      assertThat(client.ended()).contains("403").contains("not_granted");
    } else {
      await().atMost(PATIENCE).until(() -> !client.errors().isEmpty());
      assertThat(client.errors()).containsExactly(kind.isSocket() ? "not_granted" : TOLD);
      write(lost, 1, 2);
      write(kept, 1, 2);
      awaitLast(client, kept, "e1");
      awaitLast(other, lost, "e1");
      assertThat(client.ended()).isNull();
    }
    assertThat(of(client, lost)).isEqualTo(names(lost, 0, 1));
    assertThat(problem(get(edge, "/v1/events", token, lost))).isEqualTo("403 not_granted");
    assertThat(problem(get(edge, "/v1/poll", token, lost))).isEqualTo("403 not_granted");
    assertThat(problem(get(edge, "/v1/history", token, lost))).isEqualTo("403 not_granted");
    assertThat(problem(publish(token, lost))).isEqualTo("403 not_granted");
    assertThat(publish(token, kept).statusCode()).isEqualTo(200);
    String newer = token("dan." + kind, LATER);
    assertThat(get(edge, "/v1/poll", newer, lost).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldRefuseARevokedChannelInASocketsFrames() throws Exception {
    tell(control(issuedBefore(NOW).setChannel("revoked.frames")));
    String token = token("fay", BEFORE);
    await()
        .atMost(PATIENCE)
        .until(() -> get(edge, "/v1/poll", token, "revoked.frames").statusCode() == 403);
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, "")) {
      socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"revoked.frames\"}}");
      socket.send("{\"publish\":{\"ref\":2,\"channel\":\"revoked.frames\",\"data\":1}}");
      awaitText(socket, "{\"error\":{\"ref\":1,\"code\":\"not_granted\"");
      awaitText(socket, "{\"error\":{\"ref\":2,\"code\":\"not_granted\"");
      socket.send("{\"auth\":{\"token\":\"" + token("fay", LATER) + "\"}}");
      socket.send("{\"subscribe\":{\"ref\":3,\"channel\":\"revoked.frames\"}}");
      awaitText(socket, "{\"subscribed\":{\"ref\":3");
    }
  }

  @Test
  void shouldTakeNoRevokedTokenInAnAuthFrame() throws Exception {
    String revoked = token("gus", BEFORE);
    try (BareSocket good = BareSocket.open(edge.port(), "access_token=" + token("gus", LATER), "");
        BareSocket late = BareSocket.open(edge.port(), "", "")) {
      tell(control(issuedBefore(NOW).setSubject("gus")));
      await().atMost(PATIENCE).until(() -> get(edge, "/v1/poll", revoked, "a").statusCode() == 401);

      late.send("{\"auth\":{\"token\":\"" + revoked + "\"}}");
      await().atMost(PATIENCE).until(() -> late.closeCode() != 0);
      assertThat(late.closeCode()).isEqualTo(4401);
      assertThat(late.texts())
          .singleElement()
          .asString()
          .startsWith("{\"error\":{\"code\":\"revoked\"");
      good.send("{\"auth\":{\"token\":\"" + revoked + "\"}}");
      awaitText(good, "{\"error\":{\"code\":\"revoked\"");
      assertThat(good.closeCode()).as("the token it came with stands").isZero();
    }
  }

  @Test
  void shouldRefuseEverybodysTokensOfBeforeAtAnEdgeThatIsStartedLaterToo() throws Exception {
    Instant longAgo = Instant.parse("2001-01-01T00:00:00Z");
    String old = token("hal", longAgo);
    Client client = connect(ClientKind.SOCKET_JSON, withToken(old, "revoked.all"));

    tell(control(issuedBefore(longAgo.plusSeconds(1)).setEverybody(true)));

    assertEnded(client, ClientKind.SOCKET_JSON, "4403 revoked", "", "");
    EdgeServer later = anotherEdge();
    assertRefused(later, old);
    assertThat(problem(get(later, "/v1/poll", Tokens.subscribing("hal", "*"), "a")))
        .as("one that does not say when it was issued")
        .isEqualTo("401 revoked");
    assertThat(get(later, "/v1/poll", token("hal", BEFORE), "a").statusCode()).isEqualTo(200);
    assertThat(operator(later, "/dump")).containsPattern("== control\nrevoked: .*, everybody\n");
    assertThat(operator(edge, "/metrics").lines())
        .anyMatch(line -> line.matches("tailrace_edge_revocations [1-9].*"))
        .anyMatch(line -> line.startsWith("tailrace_edge_control_silence_seconds "))
        .anyMatch(line -> line.matches("tailrace_edge_connections_closed_.*revoked.*websocket.*"));
  }

  @ParameterizedTest
  @EnumSource(ClientKind.class)
  void shouldEndConnectionsOnceWhoMayComeBack(ClientKind kind) throws Exception {
    String channel = "disconnected." + kind;
    Target target = withToken(token("ida." + kind, BEFORE), channel);
    Client before = connect(kind, target);
    Client other = connect(kind, withToken(token("joe." + kind, BEFORE), channel));
    write(channel, 0, 1);
    awaitEvents(before, 1);

    tell(disconnect("ida." + kind, NOW));
    if (kind == ClientKind.POLL) { // it is applied once: between two polls it meets nobody
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                if (before.ended() != null) {
                  return true;
                }
                tell(disconnect("ida." + kind, NOW));
                return false;
              });
    }

    assertEnded(before, kind, "4002 disconnected", "503", ": disconnected");
    if (kind != ClientKind.POLL && kind != ClientKind.SSE_OKHTTP) {
      assertThat(before.comeBackAfterMs()).as("when to come back").isNotEmpty();
    }
    Client after = connect(kind, target.from(before.resume()));
    write(channel, 1, 2);
    awaitLast(after, channel, "e1");
    awaitLast(other, channel, "e1");
    assertThat(other.ended()).isNull();
  }

  @Test
  void shouldLeaveAStreamThatWasGivenANewerToken() throws Exception {
    String old = token("lee", BEFORE);
    Client left =
        connect(ClientKind.SSE, withToken(old, "posted.a").from("stream", "stays-as-it-is-0"));
    Client older = connect(ClientKind.SSE, withToken(old, "posted.b").from("stream", STREAM));
    write("posted.b", 0, 1);
    awaitEvents(older, 1);
    Client stays =
        connect(ClientKind.SSE, withToken(old, "posted.a", "posted.b").from("stream", STREAM));
    write("posted.a", 0, 1);
    write("posted.b", 1, 2);
    awaitEvents(left, 1);
    awaitEvents(stays, 2);

    String newer = Tokens.of(claims("lee", LATER).claim("subscribe", List.of("posted.b")).build());
    assertThat(post(STREAM, newer).statusCode()).isEqualTo(204);
    await().atMost(PATIENCE).until(() -> !stays.errors().isEmpty());
    assertThat(stays.errors()).as("what the newer token does not grant").containsExactly(TOLD);
    tell(control(issuedBefore(NOW).setSubject("lee")));

    assertEnded(left, ClientKind.SSE, "", "", ": revoked");
    assertEnded(older, ClientKind.SSE, "", "", ": revoked");
    write("posted.a", 1, 2);
    write("posted.b", 2, 3);
    awaitLast(stays, "posted.b", "e2");
    assertThat(of(stays, "posted.a")).isEqualTo(names("posted.a", 0, 1));
    assertThat(post(STREAM, newer).statusCode())
        .as("the older stream's end leaves the newer its name")
        .isEqualTo(204);
    assertThat(problem(post("stays-as-it-is-0", newer))).isEqualTo("404 no_such_stream");
    assertThat(stays.ended()).isNull();
  }

  @Test
  void shouldGiveAStreamNothingButATokenOfItsUser() throws Exception {
    Instant soon = Instant.now().plusSeconds(20);
    String ending = Tokens.of(claims("max", BEFORE).expirationTime(Date.from(soon)).build());
    Client stream = connect(ClientKind.SSE, withToken(ending, "posted.c").from("stream", STREAM));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                new String(stream.raw(), StandardCharsets.UTF_8)
                    .contains("event: tailrace.token_expiring\ndata: {\"expires\":\""));

    assertThat(problem(post(STREAM, token("eve", LATER)))).isEqualTo("404 no_such_stream");
    assertThat(problem(post(STREAM, "made-up"))).isEqualTo("401 malformed");
    assertThat(problem(post(STREAM, ""))).isEqualTo("401 missing");
    String over = Tokens.expired("max", Instant.now().minusSeconds(60));
    assertThat(problem(post(STREAM, over))).isEqualTo("401 expired");
    String nobodys = Tokens.subscribing(null, "*");
    assertThat(problem(get(edge, "/v1/events?stream=" + STREAM, nobodys, "posted.c")))
        .isEqualTo("400 bad_stream");
    assertThat(problem(post(STREAM, nobodys))).isEqualTo("404 no_such_stream");
    String good = token("max", LATER);
    assertThat(problem(post("short", good))).isEqualTo("400 bad_stream");
    assertThat(problem(get(edge, "/v1/events?stream=a%0Ab", good, "posted.c")))
        .isEqualTo("400 bad_stream");
    assertThat(post(STREAM, good).statusCode()).isEqualTo(204);
    assertThat(stream.ended()).isNull();
  }

  @Test
  void shouldKeepWhatItKnowsWhileKafkaIsAway() throws Exception {
    String revoked = token("kim", BEFORE);
    tell(control(issuedBefore(NOW).setSubject("kim")));
    await().atMost(PATIENCE).until(() -> get(edge, "/v1/poll", revoked, "a").statusCode() == 401);
    kafka.pause();
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> operatorValue("tailrace_edge_control_silence_seconds ") > 4);
      assertThat(problem(get(edge, "/v1/poll", revoked, "a"))).isEqualTo("401 revoked");
    } finally {
      kafka.resume();
    }
    Client held = connect(ClientKind.SSE, withToken(token("kim", LATER), "a"));
    tell(control(issuedBefore(LATER.plusSeconds(1)).setSubject("kim")));
    assertEnded(held, ClientKind.SSE, "", "", ": revoked");
  }

  // ---- what is done and seen

  private static void tell(Control record) throws Exception {
    byte[] key = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    controls.send(new ProducerRecord<>(Topics.CONTROL, key, record.toByteArray())).get();
  }

  private static JWTClaimsSet.Builder claims(String user, Instant issuedAt) {
    return new JWTClaimsSet.Builder()
        .subject(user)
        .issueTime(Date.from(issuedAt))
        .claim("subscribe", List.of("*"));
  }

  private static HttpResponse<String> post(String stream, String token) throws Exception {
    URI uri =
        URI.create("http://127.0.0.1:%d/v1/events/token?stream=%s".formatted(edge.port(), stream));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static String token(String user, Instant issuedAt) {
    return Tokens.issued(user, user + issuedAt.getEpochSecond(), issuedAt);
  }

  private static Target withToken(String token, String... channels) {
    return new Target(edge.port(), token, List.of(channels), null);
  }

  private static String besides(String channel) {
    for (int i = 0; ; i++) {
      String other = channel + "." + i;
      if (SLOTS.channelPartition(other).equals(SLOTS.channelPartition(channel))) {
        return other;
      }
    }
  }

  private static void assertEnded(
      Client client, ClientKind kind, String close, String status, String comment) {
    await(kind + " is ended").atMost(PATIENCE).until(() -> client.ended() != null);
    switch (kind) {
      case POLL -> assertThat(client.ended()).contains(status);
      case SSE ->
          assertThat(new String(client.raw(), StandardCharsets.UTF_8)).endsWith(comment + "\n\n");
      case SSE_OKHTTP -> assertThat(client.ended()).isEqualTo("closed");
      case SOCKET_JSON, SOCKET_PROTO, SOCKET_OKHTTP_JSON, SOCKET_OKHTTP_PROTO ->
          assertThat(client.ended()).isEqualTo(close);
    }
  }

  /** Wherever it is brought. */
  private static void assertRefused(EdgeServer by, String token) throws Exception {
    for (String path : List.of("/v1/events", "/v1/poll", "/v1/history", "/v1/locate")) {
      HttpResponse<String> response = get(by, path, token, "a");
      assertThat(problem(response)).as(path).isEqualTo("401 revoked");
      assertThat(response.headers().firstValue("WWW-Authenticate"))
          .hasValue("Bearer error=\"invalid_token\"");
    }
    if (by == edge) {
      assertThat(problem(publish(token, "a"))).isEqualTo("401 revoked");
    }
    assertThatThrownBy(() -> BareSocket.open(by.port(), "access_token=" + token, ""))
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(401));
  }

  private static HttpResponse<String> get(
      EdgeServer from, String path, String token, String channel) throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d%s%swait=0&channel=%s&access_token=%s"
                .formatted(from.port(), path, path.contains("?") ? "&" : "?", channel, token));
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> publish(String token, String channel) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/v1/publish".formatted(edge.port())))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"channels\":[\"" + channel + "\"],\"data\":1}"))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private static String problem(HttpResponse<String> response) {
    String code = response.body().replaceAll(".*\"code\":\"(\\w+)\".*", "$1");
    return response.statusCode() + " " + code;
  }

  private static void awaitText(BareSocket socket, String beginning) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(socket.texts()).anyMatch(text -> text.startsWith(beginning)));
  }

  private static String operator(EdgeServer of, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + of.operatorPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private static double operatorValue(String name) throws Exception {
    return operator(edge, "/metrics")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }
}
