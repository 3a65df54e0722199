package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.Client;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.edge.client.Target;
import dev.tailrace.v1.ClientFrame;
import dev.tailrace.v1.ServerFrame;
import dev.tailrace.v1.Subscribe;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What clients should not send, and what they get: after each of these, bystanders on every
 * transport still receive, and those of before all of them do.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputIT extends EdgeFixture {
  private static final String BYSTANDERS = "bad.bystanders";
  private static final String JSON = "tailrace.v1.json";
  private static final String PROTO = "tailrace.v1.proto";
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final Map<ClientKind, Client> STANDING_BY = new EnumMap<>(ClientKind.class);

  private static PingingSocket pinging;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String token = Tokens.subscribing("mallory", "bad.allowed.*");

  @BeforeAll
  static void connectBystanders() throws Exception {
    pinging = PingingSocket.open(edge.port());
    Target target = target("bystander", BYSTANDERS);
    STANDING_BY.put(ClientKind.SSE, open(ClientKind.SSE, target));
    STANDING_BY.put(ClientKind.SOCKET_PROTO, open(ClientKind.SOCKET_PROTO, target));
  }

  @AfterAll
  static void closeBystanders() throws IOException {
    pinging.close();
    STANDING_BY.values().forEach(Client::close);
  }

  @AfterEach
  void bystandersStillReceive() {
    http.shutdownNow();
    String id = "still here " + TESTS.incrementAndGet();
    lanes.toChannel(BYSTANDERS, event(id));
    STANDING_BY.forEach(
        (kind, client) -> {
          awaitLast(client, BYSTANDERS, id);
          assertThat(client.ended()).as(kind.name()).isNull();
          assertThat(client.errors()).as(kind.name()).isEmpty();
        });
  }

  // ---- HTTP

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/events | channel=no%20name           | 400 | bad_channel            | 200 bytes",
        "/v1/events | channel=%24private          | 400 | bad_channel            | $broadcast",
        "/v1/poll   | channel=                    | 400 | bad_channel            | 200 bytes",
        "/v1/events | channel=bad.forbidden       | 403 | not_granted            | bad.forbidden",
        "/v1/poll   | channel=bad.forbidden       | 403 | not_granted            | bad.forbidden",
        "/v1/poll   | wait=soon                   | 400 | bad_wait               | 0 to 60",
        "/v1/poll   | wait=61                     | 400 | bad_wait               | 0 to 60",
        "/v1/poll   | limit=0                     | 400 | bad_limit              | 1 to",
        "/v1/events | format=xml                  | 400 | bad_format             | data",
        "/v1/events | max_rate=0                  | 400 | bad_max_rate           | 0.1 to 50",
        "/v1/poll   | max_rate=fast               | 400 | bad_max_rate           | 0.1 to 50",
        "/v1/socket | max_rate=51                 | 400 | bad_max_rate           | 0.1 to 50",
        "/v1/events | since=yesterday             | 400 | bad_since              | 5m",
        "/v1/poll   | since=5y                    | 400 | bad_since              | RFC 3339",
        "/v1/events | last=0                      | 400 | bad_last               | 1 to 1000",
        "/v1/socket | last=1001                   | 400 | bad_last               | 1 to 1000",
        "/v1/poll   | last=many&since=5m          | 400 | bad_last               | whole number",
        "/v1/events | channel=%ff                 | 400 | bad_query              | UTF-8",
        "/v1/nought | a=b                         | 404 | no_such_path           | nothing",
        "/v1/socket | a=b                         | 426 | websocket_expected     | WebSocket",
      })
  void shouldSayWhatIsWrongWithARequest(
      String path, String query, int status, String code, String detail) throws Exception {
    HttpResponse<String> response = get(path + "?access_token=" + token + "&" + query);

    assertProblem(response, status, code);
    assertThat(problem(response).path("detail").asString()).contains(detail);
  }

  @Test
  void shouldRefuseMoreChannelsThanTheLimit() throws Exception {
    StringBuilder query = new StringBuilder("?access_token=").append(token);
    for (int i = 0; i <= 100; i++) {
      query.append("&channel=bad.allowed.").append(i);
    }

    assertProblem(get("/v1/events" + query), 400, "too_many_subscriptions");
    assertProblem(get("/v1/poll" + query), 400, "too_many_subscriptions");
    assertThat(get("/v1/poll" + query).body()).contains("\"limit\":100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/events", "/v1/poll", "/v1/socket"})
  void shouldRefuseAnotherMethod(String path) throws Exception {
    HttpResponse<String> response =
        http.send(
            request(path + "?access_token=" + token).POST(BodyPublishers.ofString("x")).build(),
            BodyHandlers.ofString());

    assertProblem(response, 405, "method_not_allowed");
    assertThat(response.headers().firstValue("Allow").orElse("")).contains("GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/events", "/v1/poll"})
  void shouldSayWhyATokenIsNoGood(String path) throws Exception {
    assertProblem(get(path), 401, "missing");
    assertProblem(get(path + "?user=ann"), 401, "missing");
    assertProblem(get(path + "?access_token=rubbish"), 401, "malformed");
    String forged = token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(43);
    assertProblem(get(path + "?access_token=" + forged), 401, "bad_signature");
    String expired = Tokens.expired("mallory", Instant.parse("2020-01-01T00:00:00Z"));
    HttpResponse<String> response = get(path + "?access_token=" + expired);
    assertProblem(response, 401, "expired");
    assertThat(problem(response).path("detail").asString()).contains("2020-01-01");
    assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(problem(response).path("code").asString()).isEqualTo(code);
    assertThat(problem(response).path("status").asInt()).isEqualTo(status);
  }

  private static JsonNode problem(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
        .timeout(PATIENCE);
  }

  // ---- WebSocket: answered, and the connection stays

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.forbidden\"}} | not_granted",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"no name\"}}       | bad_channel",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.allowed.a\",\"cursor\":\"?\"}} | bad_cursor",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.allowed.a\",\"last\":-5}} | bad_last",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.allowed.a\",\"last\":\"5\"}} | bad_member",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.allowed.a\",\"since\":\"?\"}} | bad_since",
        "{\"subscribe\":{\"ref\":3,\"channel\":\"bad.allowed.a\",\"max_rate\":0}} | bad_max_rate",
        "{\"subscribe\":{\"ref\":3,\"chanel\":\"bad.allowed.a\"}}  | unknown_member",
        "{\"unsubscribe\":{\"ref\":3,\"channel\":\"bad.other\"}}   | not_subscribed",
        "{\"shout\":{\"ref\":3}}                                   | unknown_frame",
        "{\"publish\":{\"ref\":3,\"channel\":\"bad.forbidden\",\"data\":1}} | not_granted",
        "{\"publish\":{\"ref\":3,\"channel\":\"no name\",\"data\":1}} | invalid_event",
      })
  void shouldAnswerABadFrameAndLeaveTheConnectionOpen(String frame, String code) throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
      socket.send(frame);
      awaitText(socket, "\"error\"");
      JsonNode error = error(socket);
      assertThat(error.path("code").asString()).isEqualTo(code);
      assertThat(error.path("ref").asLong()).isEqualTo(3);

      assertStillSubscribes(socket);
    }
  }

  @Test
  void shouldNameTheChannelThatIsNotGrantedInBothSubprotocols() throws Exception {
    try (BareSocket json = BareSocket.open(edge.port(), "access_token=" + token, JSON);
        BareSocket proto = BareSocket.open(edge.port(), "access_token=" + token, PROTO)) {
      json.send("{\"subscribe\":{\"ref\":1,\"channel\":\"bad.forbidden\"}}");
      proto.send(
          ClientFrame.newBuilder()
              .setSubscribe(Subscribe.newBuilder().setRef(1).setChannel("bad.forbidden"))
              .build()
              .toByteArray());

      awaitText(json, "\"error\"");
      assertThat(error(json).path("channel").asString()).isEqualTo("bad.forbidden");
      await().atMost(PATIENCE).until(() -> proto.binaries().size() == 2);
      ServerFrame frame = ServerFrame.parseFrom(proto.binaries().get(1));
      assertThat(frame.getError().getCode()).isEqualTo("not_granted");
      assertThat(frame.getError().getChannel()).isEqualTo("bad.forbidden");
      assertThat(json.closeCode()).isZero();
      assertThat(proto.closeCode()).isZero();
    }
  }

  @Test
  void shouldRefuseASubscriptionOverTheLimitAndKeepTheOthers() throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
      for (int i = 0; i <= 100; i++) {
        socket.send(
            "{\"subscribe\":{\"ref\":%d,\"channel\":\"bad.allowed.many%d\"}}".formatted(i, i));
      }
      awaitText(socket, "\"error\"");
      assertThat(error(socket).path("code").asString()).isEqualTo("too_many_subscriptions");
      await()
          .atMost(PATIENCE)
          .until(
              () -> socket.texts().stream().filter(t -> t.contains("subscribed")).count() == 100);

      lanes.toChannel("bad.allowed.many99", event("comes"));
      awaitText(socket, "\"id\":\"comes\"");
    }
  }

  @Test
  void shouldNotRepeatALongBadNameToTheClient() throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
      String name = "x".repeat(500_000);
      socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"%s\"}}".formatted(name));
      socket.send("{\"unsubscribe\":{\"ref\":2,\"channel\":\"%s\"}}".formatted(name));

      await()
          .atMost(PATIENCE)
          .until(() -> socket.texts().stream().filter(t -> t.contains("\"error\"")).count() == 2);
      assertThat(socket.texts()).allMatch(text -> text.length() < 2_000);
    }
  }

  // ---- WebSocket: the connection is over, with the reason

  @ParameterizedTest
  @ValueSource(strings = {"no JSON", "{", "[]", "{}", "{\"ping\":{},\"auth\":{}}", "{\"ping\":1}"})
  void shouldEndWhatSendsMalformedJson(String text) throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, "")) {
      socket.send(text);

      assertEnds(socket, 1007, "malformed frame");
    }
  }

  @Test
  void shouldEndWhatSendsMalformedProtobuf() throws Exception {
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, PROTO)) {
      socket.send("no Protobuf".getBytes(StandardCharsets.UTF_8));

      assertEnds(socket, 1007, "malformed frame");
    }
  }

  @Test
  void shouldEndWhatSendsTheOtherSubprotocolsKind() throws Exception {
    try (BareSocket proto = BareSocket.open(edge.port(), "access_token=" + token, PROTO);
        BareSocket json = BareSocket.open(edge.port(), "access_token=" + token, JSON)) {
      proto.send("{\"ping\":{}}");
      json.send(ClientFrame.getDefaultInstance().toByteArray());

      assertEnds(proto, 1003, "unsupported data");
      assertEnds(json, 1003, "unsupported data");
    }
  }

  @Test
  void shouldEndWhatSendsMoreThanTheLimit() throws Exception {
    try (BareSocket json = BareSocket.open(edge.port(), "access_token=" + token, JSON);
        BareSocket proto = BareSocket.open(edge.port(), "access_token=" + token, PROTO)) {
      json.trySend("{\"auth\":{\"token\":\"" + "x".repeat(3 << 20) + "\"}}");
      proto.trySend("x".repeat(3 << 20).getBytes(StandardCharsets.US_ASCII));

      assertEnds(json, 1009, "message too large");
      assertEnds(proto, 1009, "message too large");
    }
  }

  @Test
  void shouldEndWhatBringsNoTokenInItsFirstFrameAndSayWhy() throws Exception {
    try (BareSocket none = BareSocket.open(edge.port(), "channel=bad.allowed.a", JSON);
        BareSocket bad = BareSocket.open(edge.port(), "channel=bad.allowed.a", JSON);
        BareSocket good = BareSocket.open(edge.port(), "channel=bad.allowed.a", JSON)) {
      none.send("{\"ping\":{}}");
      bad.send("{\"auth\":{\"token\":\"rubbish\"}}");
      good.send("{\"auth\":{\"token\":\"%s\"}}".formatted(token));

      assertEnds(none, 4401, "not authenticated");
      assertThat(error(none).path("code").asString()).isEqualTo("missing");
      assertEnds(bad, 4401, "not authenticated");
      assertThat(error(bad).path("code").asString()).isEqualTo("malformed");
      awaitText(good, "\"welcome\"");
      assertStillSubscribes(good);
    }
  }

  @Test
  void shouldNameTheChannelsOfAUrlThatAreNotGrantedAndFollowTheOthers() throws Exception {
    String query = "channel=bad.forbidden&channel=bad.allowed.url";
    try (BareSocket first = BareSocket.open(edge.port(), query + "&access_token=" + token, JSON);
        BareSocket later = BareSocket.open(edge.port(), query, JSON)) {
      later.send("{\"auth\":{\"token\":\"%s\"}}".formatted(token));

      for (BareSocket socket : new BareSocket[] {first, later}) {
        awaitText(socket, "\"error\"");
        assertThat(error(socket).path("code").asString()).isEqualTo("not_granted");
        assertThat(error(socket).path("channel").asString()).isEqualTo("bad.forbidden");
        awaitText(socket, "\"welcome\"");
      }
      lanes.toChannel("bad.forbidden", event("secret"));
      lanes.toChannel("bad.allowed.url", event("from the URL"));
      awaitText(first, "\"id\":\"from the URL\"");
      awaitText(later, "\"id\":\"from the URL\"");
      assertStillSubscribes(first);
      assertStillSubscribes(later);
      assertThat(first.texts()).noneMatch(text -> text.contains("secret"));
      assertThat(later.texts()).noneMatch(text -> text.contains("secret"));
    }
  }

  @Test
  void shouldRefuseALongFrameAsItComesInWhateverItsHeaderClaims() throws Exception {
    byte[] header = RawSocket.header(RawSocket.TEXT, Integer.MAX_VALUE);
    try (RawSocket nobody = RawSocket.open(edge.port(), "");
        RawSocket somebody = RawSocket.open(edge.port(), "access_token=" + token)) {
      nobody.send(header);
      nobody.pushUntilStuck(new byte[4 << 10], 64 << 10);
      somebody.send(header);
      somebody.pushUntilStuck(new byte[4 << 10], 4 << 20);

      assertThat(nobody.readCloseCode()).isEqualTo(1009);
      somebody.readCloseCode();
      for (RawSocket socket : new RawSocket[] {nobody, somebody}) {
        assertThat(socket.texts()).anyMatch(text -> text.contains("\"code\":\"too_large\""));
      }
    }
  }

  @Test
  void shouldSayWhatWasTooLongAlsoWhenItsLastFrameIs() throws Exception {
    byte[] longest = new byte[(1 << 20) / 3 * 4 + (512 << 10)];
    byte[] all = RawSocket.fragment(RawSocket.TEXT, longest);
    byte[] oneMore = RawSocket.frame(RawSocket.CONTINUATION, new byte[1]);
    for (int i = 0; i < 10; i++) {
      try (RawSocket socket = RawSocket.open(edge.port(), "access_token=" + token)) {
        socket.send(all);
        socket.send(oneMore);

        assertThat(socket.readCloseCode()).isEqualTo(1009);
        assertThat(socket.texts().getLast()).contains("\"code\":\"too_large\"");
      }
    }
  }

  @Test
  void shouldNotGatherPongsForAClientThatDoesNotReadThem() throws Exception {
    long limit = 64L << 20;
    try (RawSocket socket = RawSocket.open(edge.port(), "access_token=" + token)) {
      long sent = socket.pushUntilStuck(RawSocket.frame(RawSocket.PING, new byte[125]), limit);

      assertThat(sent).as("bytes that were taken of a client that takes none").isLessThan(limit);
    }
  }

  @Test
  void shouldReadNoFurtherWhileAClientDoesNotReadTheAnswersAndAnswerAllInTheEnd() throws Exception {
    // The longest answer to a ping: as few as possible fill what a client does not read.
    String text = "{\"ping\":{\"ref\":9223372036854775807}}";
    byte[] ping = RawSocket.frame(RawSocket.TEXT, text.getBytes(StandardCharsets.UTF_8));
    long limit = 64L << 20;
    try (RawSocket socket = RawSocket.openWide(edge.port(), "access_token=" + token)) {
      long sent = socket.pushUntilStuck(ping, limit);
      assertThat(sent).as("bytes taken from who reads nothing").isLessThan(limit);

      long answers = 0;
      while (answers < sent / ping.length) {
        if (socket.readPassingPings().text().contains("\"pong\"")) {
          answers++;
        }
      }
    }
  }

  /** It may take 8 s for its token and 5 s for its close: it began before all the others. */
  @Test
  @Order(Integer.MAX_VALUE)
  void shouldHoldItsDeadlinesHoweverOftenAClientPings() throws Exception {
    assertThat(pinging.closeCode(PATIENCE)).as("no token came").isEqualTo(4401);
    assertThat(pinging.isCutWithin(PATIENCE)).as("its close is not answered").isTrue();
  }

  @Test
  void shouldCountEverySocketFromItsFirstMomentToItsLast() throws Exception {
    EdgeServer small = anotherEdge("edge.max.connections", "2");
    // The one without a token comes late: in 8 s it is ended, and takes no room any more.
    try (RawSocket somebody = RawSocket.open(small.port(), "access_token=" + token);
        RawSocket nobody = RawSocket.open(small.port(), "");
        RawSocket third = RawSocket.open(small.port(), "access_token=" + token)) {
      assertThat(third.readCloseCode()).isEqualTo(1013);
      assertThat(third.texts().getLast()).startsWith("{\"goodbye\":{\"reason\":\"overloaded\"");
      URI base = URI.create("http://127.0.0.1:" + small.port());
      String poll = "/v1/poll?wait=0&access_token=" + token;
      HttpResponse<String> refused = get(base.resolve(poll));
      assertProblem(refused, 503, "overloaded");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(get(base.resolve("/v1/events?access_token=" + token)).body()).contains("retry: ");

      nobody.cut();

      await().atMost(PATIENCE).until(() -> get(base.resolve(poll)).statusCode() == 200);
      await("an answered poll is over").atMost(PATIENCE).until(() -> small.connections() == 1);
      assertThat(get(base.resolve(poll)).statusCode()).isEqualTo(200);
      somebody.sendText("{\"ping\":{}}");
    }
  }

  @Test
  void shouldRefuseASubprotocolItDoesNotSpeak() {
    assertThatThrownBy(() -> BareSocket.open(edge.port(), "access_token=" + token, "soap"))
        .hasCauseInstanceOf(WebSocketHandshakeException.class)
        .rootCause()
        .hasMessageContaining("400");
  }

  private static void assertEnds(BareSocket socket, int code, String reason) {
    await().atMost(PATIENCE).until(() -> socket.closeCode() != 0);
    assertThat(socket.closeCode()).as(socket.closeReason()).isEqualTo(code);
    assertThat(socket.closeReason()).isEqualTo(reason);
  }

  private static void assertStillSubscribes(BareSocket socket) throws Exception {
    String channel = "bad.allowed.still" + TESTS.incrementAndGet();
    socket.send("{\"subscribe\":{\"ref\":9,\"channel\":\"%s\"}}".formatted(channel));
    awaitText(socket, "\"subscribed\"");
    lanes.toChannel(channel, event("works"));
    awaitText(socket, "\"id\":\"works\"");
    assertThat(socket.closeCode()).isZero();
  }

  private static JsonNode error(BareSocket socket) {
    String text = socket.texts().stream().filter(t -> t.contains("\"error\"")).findFirst().get();
    return JsonMapper.shared().readTree(text).path("error");
  }

  private static void awaitText(BareSocket socket, String part) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(socket.texts())
                    .as("closed: %s %s", socket.closeCode(), socket.closeReason())
                    .anyMatch(text -> text.contains(part)));
  }
}
