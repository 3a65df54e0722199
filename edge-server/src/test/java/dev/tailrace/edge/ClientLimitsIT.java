package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.ClientKind;
import dev.tailrace.edge.client.RawSocket;
import dev.tailrace.edge.client.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Clients that want more than is one client's, beside those that do not. */
class ClientLimitsIT extends EdgeFixture {
  /** More than the honest ones are, who are at 127.0.0.1 and of one user. */
  private static final int LIMIT = 60;

  private static final int ALL = 130;

  /** The user's own, the channel's, and that of $broadcast. */
  private static final int READERS_EACH = 3;

  private static final int CONNECTS_PER_SECOND = 50;
  private static final int PUBLISHES_PER_SECOND = 20;
  private static final int PUBLISHES_AT_ONCE = 40;
  private static final String[] ANSWERS = {
    ": tailrace", "welcome", "too many connections", "overloaded", "HTTP/1.1 4"
  };
  private static final Pattern READERS = Pattern.compile("readers (\\d+)");

  private static EdgeServer limited;

  private final String honest = Tokens.subscribing("honest", "*");
  private final List<Intruder> intruders = new ArrayList<>();

  @BeforeAll
  static void startLimitedEdge() {
    limited =
        EdgeServer.start(
            settings(
                "edge.max.connections", "" + ALL,
                "edge.address.connections", "" + LIMIT,
                "edge.user.connections", "" + LIMIT,
                "edge.address.connect.rate", "" + CONNECTS_PER_SECOND,
                "edge.address.exempt", "192.0.2.1",
                "publish.user.rate", "" + PUBLISHES_PER_SECOND,
                "publish.user.burst", "" + PUBLISHES_AT_ONCE));
  }

  @AfterAll
  static void stopLimitedEdge() {
    limited.close();
  }

  @BeforeEach
  void awaitThoseOfBeforeToBeGone() {
    await().atMost(PATIENCE).until(() -> limited.connections() == 0);
  }

  @AfterEach
  void leave() {
    intruders.forEach(Intruder::close);
  }

  private Intruder at(String from) {
    Intruder intruder = Intruder.at(from, limited.port());
    intruders.add(intruder);
    return intruder;
  }

  private HonestCrowd crowd(String channel) throws Exception {
    return HonestCrowd.connect(lanes, limited.port(), honest, channel);
  }

  private static String path(int i, String token) {
    return (i % 2 == 0 ? "/v1/events" : "/v1/socket") + "?channel=limits&access_token=" + token;
  }

  private static boolean isAdmitted(String answer) {
    return answer.contains(": tailrace") || answer.contains("welcome");
  }

  // ---- connections

  @Test
  void shouldHoldAnAddressToItsConnectionsAndNobodyElse() throws Exception {
    try (HonestCrowd crowd = crowd("honest.address")) {
      int admitted = 0;
      for (int i = 0; i < 2 * LIMIT; i++) {
        String token = Tokens.subscribing("intruder-" + i, "*");
        String answer = at("127.0.0.2").get(path(i, token), "").readUntil(ANSWERS);
        if (isAdmitted(answer)) {
          admitted++;
        } else {
          assertThat(answer).contains("too many connections");
        }
      }
      assertThat(admitted).isEqualTo(LIMIT);

      String other = Tokens.subscribing("other", "*");
      String stream = at("127.0.0.2").get(path(0, other), "").readUntil("too many connections");
      assertThat(stream).startsWith("HTTP/1.1 200 ").contains("retry: ");
      Intruder socket = at("127.0.0.2").get(path(1, other), "");
      assertThat(socket.readUntil("too many connections", "welcome"))
          .endsWith("{\"goodbye\":{\"reason\":\"too many connections");
      assertThat(socket.readUntil("too many connections")).as("1013").contains("\u0003\u00f5");
      for (String path : List.of("/v1/poll", "/v1/history")) {
        assertThat(
                at("127.0.0.2").get(path + "?channel=a&access_token=" + other, "").readUntil("}"))
            .startsWith("HTTP/1.1 429 ")
            .containsPattern("Retry-After: [1-3]\r\n")
            .contains("\"code\":\"too_many_connections\"");
      }
      crowd.expectNext();
      for (ClientKind kind : ClientKind.values()) {
        connect(kind, new Target(limited.port(), honest, List.of("limits"), null));
      }
      assertThat(metrics())
          .anyMatch(line -> isRefused(line, "address", "sse"))
          .anyMatch(line -> isRefused(line, "address", "websocket"))
          .anyMatch(line -> isRefused(line, "address", "poll"))
          .anyMatch(line -> isRefused(line, "address", "history"));

      intruders.getFirst().close();
      await("its place is free")
          .atMost(PATIENCE)
          .until(() -> isAdmitted(at("127.0.0.2").get(path(0, other), "").readUntil(ANSWERS)));
    }
  }

  @Test
  void shouldHoldAUserToHisConnectionsWhereverTheyAre() throws Exception {
    String token = Tokens.subscribing("mallory", "*");
    try (HonestCrowd crowd = crowd("honest.user")) {
      int admitted = 0;
      for (int i = 0; i < 2 * LIMIT; i++) {
        String from = "127.0.0." + (3 + i % 7);
        if (isAdmitted(at(from).get(path(i, token), "").readUntil(ANSWERS))) {
          admitted++;
        }
      }
      assertThat(admitted).isEqualTo(LIMIT);

      Intruder late = at("127.0.0.11").get("/v1/socket", "");
      assertThat(late.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
      late.send(text("{\"auth\":{\"token\":\"%s\"}}".formatted(token)));
      assertThat(late.readUntil("too many connections", "welcome")).contains("goodbye");
      crowd.expectNext();
      String other = Tokens.subscribing("other", "*");
      assertThat(isAdmitted(at("127.0.0.11").get(path(0, other), "").readUntil(ANSWERS))).isTrue();
      assertThat(metrics())
          .anyMatch(line -> isRefused(line, "user", "sse"))
          .anyMatch(line -> isRefused(line, "user", "websocket"));
    }
  }

  @Test
  void shouldGoByTheAddressThatAProxyNames() {
    EdgeServer behind = anotherEdge("edge.proxies", "127.0.0.0/8", "edge.address.connections", "2");
    String path = path(0, honest);
    for (String from : List.of("203.0.113.9", "203.0.113.9", "203.0.113.8")) {
      assertThat(isAdmitted(forwarded(behind, from, path))).isTrue();
    }
    assertThat(forwarded(behind, "203.0.113.9", path)).contains("too many connections");
    for (int i = 0; i < 4; i++) {
      assertThat(isAdmitted(forwarded(behind, "unknown", path))).as("the proxy itself").isTrue();
    }
  }

  private String forwarded(EdgeServer by, String from, String path) {
    Intruder intruder = Intruder.at("127.0.0.1", by.port());
    intruders.add(intruder);
    return intruder.get(path, "X-Forwarded-For: " + from + "\r\n").readUntil(ANSWERS);
  }

  // ---- connects

  /** Their tokens are no good: what is refused before they are looked at costs no signature. */
  @Test
  void shouldSlowDownAnAddressThatConnectsAgainAndAgain() throws Exception {
    int attempts = 2_000;
    String forged = honest.substring(0, honest.lastIndexOf('.') + 1) + "A".repeat(43);
    try (HonestCrowd crowd = crowd("honest.storm")) {
      int looked = 0;
      long beganNs = System.nanoTime();
      for (int i = 0; i < attempts; i++) {
        try (Intruder intruder = Intruder.at("127.0.0.12", limited.port())) {
          String answer = intruder.get(path(i, forged), "").readUntil("too often", "\"}");
          if (answer.contains("bad_signature")) {
            looked++;
          } else if (i % 2 == 0) {
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("retry: ", ": connecting too");
          } else {
            assertThat(answer)
                .startsWith("HTTP/1.1 429 ")
                .containsPattern("Retry-After: [1-3]\r\n")
                .contains("\"detail\":\"connecting too often");
          }
        }
      }
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      assertThat(looked)
          .as("in %.1f s", seconds)
          .isBetween(1, most(CONNECTS_PER_SECOND, CONNECTS_PER_SECOND * 10, seconds));
      crowd.expectNext();
      connect(ClientKind.SSE, new Target(limited.port(), honest, List.of("limits"), null));
      assertThat(metrics())
          .anyMatch(line -> isRefused(line, "rate", "sse"))
          .anyMatch(line -> isRefused(line, "rate", "websocket"));
    }
  }

  private static int most(int perSecond, int burst, double seconds) {
    return (int) (burst + Math.ceil(seconds * perSecond));
  }

  // ---- commands

  @Test
  void shouldHoldAPublisherToHisRateByWhateverHePublishes() throws Exception {
    int bySocket = 1_000;
    int byHttp = 200;
    String token = granted("mallory");
    try (HonestCrowd crowd = crowd("honest.publish");
        RawSocket socket = RawSocket.openWide(limited.port(), "access_token=" + token);
        HttpClient http = HttpClient.newHttpClient()) {
      long beganNs = System.nanoTime();
      Thread sending = Thread.startVirtualThread(() -> publish(socket, bySocket));
      int published = 0;
      for (int i = 0; i < byHttp; i++) {
        HttpResponse<String> answer = publish(http, token);
        if (answer.statusCode() == 200) {
          published++;
        } else {
          assertThat(answer.statusCode()).isEqualTo(429);
          assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
          assertThat(answer.body()).contains("\"code\":\"rate_limited\"");
        }
        if (i % 20 == 0) {
          assertThat(publish(http, granted("ann")).statusCode()).isEqualTo(200);
        }
      }
      for (int answered = 0; answered < bySocket; ) {
        JsonNode frame = JsonMapper.shared().readTree(socket.readAnsweringPings().text());
        if (frame.has("published")) {
          published++;
          answered++;
        } else if (frame.has("error")) {
          assertThat(frame.path("error").path("code").asString()).isEqualTo("rate_limited");
          answered++;
        }
      }
      sending.join();
      double seconds = (System.nanoTime() - beganNs) / 1e9;

      assertThat(published)
          .as("in %.1f s", seconds)
          .isBetween(PUBLISHES_AT_ONCE, most(PUBLISHES_PER_SECOND, PUBLISHES_AT_ONCE, seconds));
      crowd.expectNext();
      assertThat(metrics())
          .anyMatch(
              line ->
                  line.startsWith("tailrace_edge_publish_refused_total{reason=\"rate_limited\"} "));
    }
  }

  @Test
  void shouldKeepNothingOfSubscriptionsThatComeAndGo() throws Exception {
    int rounds = 4_000;
    try (HonestCrowd crowd = crowd("honest.churn");
        RawSocket socket = RawSocket.openWide(limited.port(), "access_token=" + honest)) {
      crowd.expectNext();
      Thread sending = Thread.startVirtualThread(() -> churn(socket, rounds));
      int ended = 0;
      while (ended < rounds) {
        String frame = socket.readPassingPings().text();
        assertThat(frame).doesNotContain("\"error\"");
        if (frame.startsWith("{\"unsubscribed\"")) {
          ended++;
          if (ended % 1_000 == 0) {
            crowd.expectNext();
          }
        }
      }
      sending.join();

      await("no reader is left of them")
          .atMost(PATIENCE)
          .until(() -> readers() <= READERS_EACH * (limited.connections() + 1));
      crowd.expectNext();
    }
  }

  private static void churn(RawSocket socket, int rounds) {
    for (int i = 0; i < rounds; i++) {
      for (String frame : List.of("subscribe", "unsubscribe")) {
        send(socket, "{\"%s\":{\"ref\":%d,\"channel\":\"churn.%d\"}}".formatted(frame, i, i));
      }
    }
  }

  private static void publish(RawSocket socket, int times) {
    for (int i = 0; i < times; i++) {
      send(socket, "{\"publish\":{\"ref\":%d,\"channel\":\"flood\",\"data\":1}}".formatted(i));
    }
  }

  private static void send(RawSocket socket, String frame) {
    try {
      socket.sendText(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpResponse<String> publish(HttpClient http, String token) throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/v1/publish?access_token=%s".formatted(limited.port(), token));
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"channels\":[\"flood\"],\"data\":1}"))
            .build(),
        BodyHandlers.ofString());
  }

  private static String granted(String user) {
    return Tokens.of(
        new JWTClaimsSet.Builder()
            .subject(user)
            .claim("subscribe", List.of("*"))
            .claim("publish", List.of("*"))
            .build());
  }

  private static byte[] text(String message) {
    return RawSocket.frame(RawSocket.TEXT, message.getBytes(StandardCharsets.UTF_8));
  }

  // ---- what the edge tells of it

  /** As of the last second. */
  private static int readers() throws Exception {
    return READERS
        .matcher(operator("/dump"))
        .results()
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .sum();
  }

  private static List<String> metrics() throws Exception {
    return operator("/metrics").lines().toList();
  }

  private static boolean isRefused(String line, String reason, String transport) {
    return line.startsWith(
        "tailrace_edge_connections_refused_total{reason=\"%s\",transport=\"%s\"} "
            .formatted(reason, transport));
  }

  private static String operator(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + limited.operatorPort() + path);
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
