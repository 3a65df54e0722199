package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.KeyServer;
import dev.tailrace.edge.auth.SigningKey;
import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.BareSocket;
import dev.tailrace.edge.client.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Who may do what, with real edges: keys from an issuer, nobody, cookies, the past. */
class IdentityIT extends EdgeFixture {
  private static final SigningKey RSA = SigningKey.rsa("rsa");
  private static final SigningKey EC = SigningKey.ec("ec", Curve.P_256);
  private static final SigningKey ED = SigningKey.ed25519("ed");
  private static final String PAGE = "https://a.example";

  private final KeyServer issuer = new KeyServer(RSA, EC, ED);
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stopIssuer() {
    issuer.close();
    http.close();
  }

  @Test
  void shouldServeWhomeverAnIssuerVouchesFor() throws Exception {
    EdgeServer trusting = trusting("auth.issuer", "https://i.example", "auth.audience", "edge");
    JWTClaimsSet claims =
        claims("identity.user").issuer("https://i.example").audience("edge").build();
    for (String token :
        List.of(
            RSA.sign(JWSAlgorithm.RS256, claims),
            RSA.sign(JWSAlgorithm.PS384, claims),
            EC.sign(JWSAlgorithm.ES256, claims),
            ED.sign(JWSAlgorithm.EdDSA, claims))) {
      assertThat(poll(trusting, "channel=id.a", bearer(token)).statusCode()).isEqualTo(200);
    }
    String elsewhere =
        RSA.sign(
            JWSAlgorithm.RS256,
            claims("identity.user").issuer("https://i.example").audience("other").build());
    assertProblem(poll(trusting, "channel=id.a", bearer(elsewhere)), 401, "wrong_audience");
    assertProblem(
        poll(trusting, "channel=id.a", bearer(Tokens.subscribing("identity.user", "id.*"))),
        401,
        "wrong_issuer");

    try (BareSocket socket =
        BareSocket.open(
            trusting.port(),
            "channel=id.b&access_token=" + ED.sign(JWSAlgorithm.EdDSA, claims),
            "")) {
      await().atMost(PATIENCE).until(() -> has(socket, "\"user\":\"identity.user\""));
      lanes.toChannel("id.b", event("vouched"));
      await().atMost(PATIENCE).until(() -> has(socket, "\"id\":\"vouched\""));
    }
  }

  @Test
  void shouldLearnOfANewKeyFromATokenThatNamesIt() throws Exception {
    EdgeServer trusting = trusting();
    String old = EC.sign(JWSAlgorithm.ES256, claims("identity.user").build());
    assertThat(poll(trusting, "channel=id.a", bearer(old)).statusCode()).isEqualTo(200);

    SigningKey next = SigningKey.ec("next", Curve.P_256);
    issuer.answerWith(next);
    String token = next.sign(JWSAlgorithm.ES256, claims("identity.user").build());
    HttpResponse<String> first = poll(trusting, "channel=id.a", bearer(token));
    assertProblem(first, 401, "unknown_key");
    assertThat(first.headers().firstValue("Retry-After")).contains("5");

    await()
        .atMost(PATIENCE)
        .until(() -> poll(trusting, "channel=id.a", bearer(token)).statusCode() == 200);
    assertProblem(poll(trusting, "channel=id.a", bearer(old)), 401, "unknown_key");
  }

  @Test
  void shouldNotBeReadyBeforeItHasAKey() throws Exception {
    issuer.stop();
    EdgeServer waiting = trusting("auth.hmac.secret", "");
    HttpResponse<String> stands = readyz(waiting);
    assertThat(stands.statusCode()).isEqualTo(503);
    assertThat(stands.body()).contains("\"keys\":", "never fetched");

    issuer.startAgain();
    await().atMost(PATIENCE).until(() -> readyz(waiting).statusCode() == 200);
    // The keys count at once; what is told of the fetch follows.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(readyz(waiting).body()).contains("3 keys; auth.jwks.url: fetched "));
    HttpRequest metrics =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/metrics".formatted(waiting.operatorPort())))
            .build();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(http.send(metrics, BodyHandlers.ofString()).body())
                    .contains(
                        "tailrace_edge_auth_keys 3.0",
                        "tailrace_edge_jwks_fetches_total{outcome=\"failed\"}",
                        "tailrace_edge_jwks_age_seconds"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"since=5m", "last=5", "cursor=earliest", "since=earliest"})
  void shouldGiveThePastOnlyToThoseWhoHaveAGrantForIt(String start) throws Exception {
    String token = past("id.user", List.of("id.*"), List.of("id.open"));
    assertThat(poll(edge, "channel=id.open&" + start, bearer(token)).statusCode()).isEqualTo(200);
    for (String path : List.of("poll", "events")) {
      HttpResponse<String> refused =
          get(edge, "/v1/%s?channel=id.shut&%s".formatted(path, start), bearer(token));
      assertProblem(refused, 403, "not_granted");
      assertThat(refused.body()).contains("no grant for the history of id.shut");
    }
    try (BareSocket socket =
        BareSocket.open(
            edge.port(), "access_token=%s&channel=id.shut&%s".formatted(token, start), "")) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> has(socket, "no grant for the history of id.shut\",\"channel\":\"id.shut\""));
    }
  }

  @Test
  void shouldHoldHistoryToItsOwnGrants() throws Exception {
    lanes.toChannel("id.past", event("past"));
    String past = past("id.user", List.of("id.now"), List.of("id.past"));
    HttpResponse<String> history = get(edge, "/v1/history?channel=id.past", bearer(past));
    assertThat(history.statusCode()).isEqualTo(200);
    assertThat(history.body()).contains("\"id\":\"past\"");
    assertProblem(get(edge, "/v1/history?channel=id.now", bearer(past)), 403, "not_granted");
    assertProblem(poll(edge, "channel=id.past", bearer(past)), 403, "not_granted");

    String plain = Tokens.subscribing("id.user", "id.past");
    assertThat(get(edge, "/v1/history?channel=id.past", bearer(plain)).body())
        .contains("\"id\":\"past\"");
  }

  @Test
  void shouldGoOnFromACursorWithoutAGrantForThePast() throws Exception {
    String token = past("id.user", List.of("id.*"), List.of());
    String cursor =
        JsonMapper.shared()
            .readTree(poll(edge, "channel=id.cut", bearer(token)).body())
            .path("cursor")
            .asString();
    lanes.toChannel("id.cut", event("meanwhile"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                poll(edge, "channel=id.cut&cursor=" + cursor, bearer(token))
                    .body()
                    .contains("\"id\":\"meanwhile\""));
    try (BareSocket socket = BareSocket.open(edge.port(), "access_token=" + token, "")) {
      socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"id.cut\",\"last\":5}}");
      await().atMost(PATIENCE).until(() -> has(socket, "no grant for the history of id.cut"));
      socket.send(
          "{\"subscribe\":{\"ref\":2,\"channel\":\"id.cut\",\"cursor\":\"%s\"}}".formatted(cursor));
      await().atMost(PATIENCE).until(() -> has(socket, "\"id\":\"meanwhile\""));
    }
  }

  @Test
  void shouldLetNobodyFollowWhatNeedsNoToken() throws Exception {
    EdgeServer open = anotherEdge("auth.anonymous.channels", "public.*");
    assertThat(poll(open, "channel=public.a", Map.of()).statusCode()).isEqualTo(200);
    assertProblem(poll(open, "channel=id.a", Map.of()), 403, "not_granted");
    assertProblem(poll(open, "channel=public.a&access_token=x", Map.of()), 401, "malformed");
    assertProblem(get(open, "/v1/locate", Map.of()), 400, "no_user");
    assertProblem(publish(open, "public.a", Map.of()), 403, "not_granted");

    try (BareSocket nobody = BareSocket.open(open.port(), "channel=public.b", "");
        BareSocket somebody =
            BareSocket.open(open.port(), "access_token=" + Tokens.subscribing("id.user"), "")) {
      await().atMost(PATIENCE).until(() -> has(nobody, "\"welcome\""));
      await().atMost(PATIENCE).until(() -> has(somebody, "\"welcome\""));
      lanes.toChannel("$broadcast", event("broad"));
      await().atMost(PATIENCE).until(() -> has(somebody, "\"id\":\"broad\""));
      lanes.toChannel("public.b", event("public"));
      await().atMost(PATIENCE).until(() -> has(nobody, "\"id\":\"public\""));
      assertThat(has(nobody, "broad")).isFalse();
      assertThat(has(nobody, "\"user\"")).isFalse();
      nobody.send("{\"publish\":{\"ref\":1,\"channel\":\"public.b\",\"type\":\"t\",\"data\":1}}");
      await().atMost(PATIENCE).until(() -> has(nobody, "no grant to publish to public.b"));
    }
  }

  /** As elsewhere, so that what is developed this way works there. */
  @Test
  void shouldTakeTheTokenOfAFirstFrameInDevelopment() throws Exception {
    EdgeServer development = anotherEdge("dev", "true");
    try (BareSocket socket = BareSocket.open(development.port(), "", "")) {
      socket.send("{\"auth\":{\"token\":\"%s\"}}".formatted(Tokens.subscribing("id.user")));
      await().atMost(PATIENCE).until(() -> has(socket, "\"user\":\"id.user\""));
      socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"id.a\"}}");
      await().atMost(PATIENCE).until(() -> has(socket, "no grant to subscribe to id.a"));
    }
    try (BareSocket socket = BareSocket.open(development.port(), "", "")) {
      socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"id.a\"}}");
      await().atMost(PATIENCE).until(() -> has(socket, "\"subscribed\":{\"ref\":1"));
    }
  }

  @Test
  void shouldLetASocketStillSayWhoItIsWhereNobodyIsLetIn() throws Exception {
    EdgeServer open = anotherEdge("auth.anonymous.channels", "public.*");
    for (String query : List.of("", "channel=id.a")) {
      try (BareSocket socket = BareSocket.open(open.port(), query, "")) {
        socket.send(
            "{\"auth\":{\"token\":\"%s\"}}".formatted(Tokens.subscribing("id.user", "id.*")));
        await().atMost(PATIENCE).until(() -> has(socket, "\"user\":\"id.user\""));
      }
      try (BareSocket socket = BareSocket.open(open.port(), query, "")) {
        socket.send("{\"subscribe\":{\"ref\":1,\"channel\":\"public.c\"}}");
        await().atMost(PATIENCE).until(() -> has(socket, "\"subscribed\":{\"ref\":1"));
        socket.send("{\"subscribe\":{\"ref\":2,\"channel\":\"id.b\"}}");
        await().atMost(PATIENCE).until(() -> has(socket, "no grant to subscribe to id.b"));
        assertThat(has(socket, "no grant to subscribe to id.a")).isEqualTo(!query.isEmpty());
      }
    }
  }

  @Test
  void shouldTakeACookieFromListedPagesOnly() throws Exception {
    EdgeServer pages = anotherEdge("auth.cookie", "token", "edge.cors.origins", PAGE);
    String token = Tokens.subscribing("id.user", "id.*");
    String cookie = "other=1; token=" + token;

    HttpResponse<String> listed =
        poll(pages, "channel=id.a", Map.of("Cookie", cookie, "Origin", PAGE));
    assertThat(listed.statusCode()).isEqualTo(200);
    assertThat(listed.headers().firstValue("Access-Control-Allow-Credentials")).contains("true");
    assertThat(
            poll(pages, "channel=id.a", Map.of("Cookie", cookie, "Sec-Fetch-Site", "same-origin"))
                .statusCode())
        .isEqualTo(200);

    String own = "http://127.0.0.1:" + pages.port();
    for (Map<String, String> headers :
        List.of(
            Map.of("Cookie", cookie),
            Map.of("Cookie", cookie, "Sec-Fetch-Site", "cross-site"),
            Map.of("Cookie", cookie, "Sec-Fetch-Site", "same-site"),
            Map.of("Cookie", cookie, "Sec-Fetch-Site", "none"),
            Map.of("Cookie", cookie, "Origin", own, "Sec-Fetch-Site", "same-origin"),
            Map.of("Cookie", cookie + "; token=x", "Origin", PAGE))) {
      assertProblem(poll(pages, "channel=id.a", headers), 401, "missing");
    }
    assertProblem(
        poll(pages, "channel=id.a", Map.of("Cookie", cookie, "Origin", "https://b.example")),
        403,
        "origin_not_allowed");
    assertProblem(
        publish(pages, "id.a", Map.of("Cookie", cookie, "Sec-Fetch-Site", "same-origin")),
        401,
        "missing");
    assertProblem(
        poll(
            pages,
            "channel=id.a",
            Map.of("Cookie", cookie, "Origin", PAGE, "Authorization", "Bearer forged")),
        401,
        "malformed");
    // An edge that was not told of it looks at no cookie.
    EdgeServer plain = anotherEdge("edge.cors.origins", PAGE);
    assertProblem(
        poll(plain, "channel=id.a", Map.of("Cookie", cookie, "Origin", PAGE)), 401, "missing");
  }

  /** A page elsewhere could open a socket in the name of whoever looks at it. */
  @Test
  void shouldRefuseTheHandshakeOfAForeignPage() throws Exception {
    EdgeServer pages = anotherEdge("auth.cookie", "token", "edge.cors.origins", PAGE);
    String token = Tokens.subscribing("id.user", "id.*");
    String cookie = "Cookie: token=%s\r\n".formatted(token);
    for (String foreign :
        List.of("https://b.example", "null", PAGE + ".b", "http://a.example", PAGE + ":8443")) {
      assertThat(handshake(pages, cookie + "Origin: %s\r\n".formatted(foreign), ""))
          .startsWith("HTTP/1.1 403 ")
          .contains("\"code\":\"origin_not_allowed\"");
    }
    assertThat(handshake(pages, cookie + "Origin: " + PAGE + "\r\n", ""))
        .startsWith("HTTP/1.1 101 ")
        .contains("\"user\":\"id.user\"");
    // Without an Origin it is no browser's page, and its cookie is none either.
    assertThat(handshake(pages, cookie, "{\"ping\":{}}"))
        .startsWith("HTTP/1.1 101 ")
        .contains("\"code\":\"missing\"");
  }

  /** Sends an opening handshake, and a message when it is taken; what comes back. */
  private static String handshake(EdgeServer edge, String headers, String message)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String request =
          "GET /v1/socket HTTP/1.1\r\nHost: edge\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
              + headers
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      byte[] buffer = new byte[4 << 10];
      boolean said = message.isEmpty();
      while (answer.indexOf("}", Math.max(0, answer.indexOf("\r\n\r\n"))) < 0) {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
          break;
        }
        answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        if (!said && answer.indexOf("\r\n\r\n") >= 0) {
          said = true;
          byte[] text = message.getBytes(StandardCharsets.UTF_8);
          socket.getOutputStream().write(RawSocket.frame(RawSocket.TEXT, text));
        }
      }
      return answer.toString();
    }
  }

  private EdgeServer trusting(String... more) {
    String[] settings = new String[more.length + 6];
    System.arraycopy(
        new String[] {
          "auth.jwks.url", issuer.url(), "auth.jwks.refresh", "1h", "auth.jwks.pause", "100ms"
        },
        0,
        settings,
        0,
        6);
    System.arraycopy(more, 0, settings, 6, more.length);
    return anotherEdge(settings);
  }

  private static JWTClaimsSet.Builder claims(String user) {
    return new JWTClaimsSet.Builder().subject(user).claim("subscribe", List.of("id.*"));
  }

  private static String past(String user, List<String> subscribe, List<String> history) {
    return Tokens.of(
        new JWTClaimsSet.Builder()
            .subject(user)
            .claim("subscribe", subscribe)
            .claim("history", history)
            .build());
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> poll(EdgeServer edge, String query, Map<String, String> headers)
      throws Exception {
    return get(edge, "/v1/poll?wait=0&" + query, headers);
  }

  private HttpResponse<String> get(EdgeServer edge, String path, Map<String, String> headers)
      throws Exception {
    return send(HttpRequest.newBuilder(uri(edge, path)), headers);
  }

  private HttpResponse<String> publish(EdgeServer edge, String channel, Map<String, String> headers)
      throws Exception {
    String event = "{\"channels\":[\"%s\"],\"data\":1}".formatted(channel);
    return send(
        HttpRequest.newBuilder(uri(edge, "/v1/publish"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(event)),
        headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, Map<String, String> headers)
      throws Exception {
    headers.forEach(request::header);
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static URI uri(EdgeServer edge, String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(edge.port(), path));
  }

  private HttpResponse<String> readyz(EdgeServer edge) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/readyz".formatted(edge.operatorPort()));
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static boolean has(BareSocket socket, String part) {
    return socket.texts().stream().anyMatch(text -> text.contains(part));
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains("\"code\":\"%s\"".formatted(code));
  }
}
