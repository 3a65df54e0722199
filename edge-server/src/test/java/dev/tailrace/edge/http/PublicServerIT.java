package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PublicServerIT {
  private final HttpClient client = HttpClient.newHttpClient();
  private PublicServer server;

  @AfterEach
  void close() {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shouldRouteByPathAndMethod() throws Exception {
    start(Configs.with());
    assertThat(send("GET", "/v1/events?channel=a").body()).isEqualTo("handled /v1/events");

    HttpResponse<String> unknown = send("GET", "/v1/nothing");
    assertProblem(unknown, 404, "no_such_path");
    assertProblem(send("GET", "/"), 404, "no_such_path");
    assertProblem(send("GET", "/v1/events/"), 404, "no_such_path");

    HttpResponse<String> wrong = send("DELETE", "/v1/events");
    assertProblem(wrong, 405, "method_not_allowed");
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, OPTIONS");

    HttpResponse<String> options = send("OPTIONS", "/v1/events");
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("Allow")).contains("GET, OPTIONS");
  }

  @Test
  void shouldLetNoBrowserGuessAMediaType() throws Exception {
    start(Configs.with("edge.cors.origins", "https://a.example"));
    for (HttpResponse<String> answer :
        List.of(
            send("GET", "/v1/events"),
            send("GET", "/v1/nothing"),
            send("GET", "/v1/poll"),
            send("OPTIONS", "/v1/events"),
            preflight("https://a.example"),
            preflight("https://b.example"))) {
      assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }
    assertThat(raw("nonsense\r\n\r\n")).contains("X-Content-Type-Options: nosniff");
  }

  @Test
  void shouldNotTellWhatItIsOrWhatWentWrongInside() throws Exception {
    start(Configs.with());
    HttpResponse<String> response = send("GET", "/v1/poll?access_token=hush");
    assertProblem(response, 500, "internal");
    assertThat(response.body()).doesNotContain("boom", "hush", "Exception");
    assertThat(response.headers().firstValue("Server")).isEmpty();
    HttpResponse<String> later = send("GET", "/v1/history?access_token=hush");
    assertProblem(later, 500, "internal");
    assertThat(later.body()).doesNotContain("boom", "hush", "Exception");
  }

  @Test
  void shouldNotLogTokensWhenAHandlerFails() throws Exception {
    start(Configs.with());
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    try {
      assertProblem(send("GET", "/v1/poll?access_token=hush"), 500, "internal");
      assertProblem(send("GET", "/v1/history?access_token=hush"), 500, "internal");
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list).isNotEmpty();
    assertThat(log.list).noneMatch(event -> event.getFormattedMessage().contains("hush"));
  }

  @Test
  void shouldAnswerBadRequestsWithProblemDocuments() throws Exception {
    start(Configs.with());
    assertThat(raw("GET /v1/events?channel=%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json", "\"code\":\"bad_query\"");
    assertThat(raw("GET /v1/%2e%2e/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json");
    assertThat(raw("GET /v1/\u0001 HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json");
    assertThat(raw("GET /v1/events HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json");
    assertThat(raw("nonsense\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json");
    String large = "x".repeat(JettyServerFactory.REQUEST_HEADER_BYTES);
    assertThat(raw("GET /v1/events?" + large + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ")
        .contains("application/problem+json", "\"code\":\"uri_too_long\"");
    assertThat(raw("GET /v1/events HTTP/1.1\r\nHost: a\r\nX: " + large + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ")
        .contains("application/problem+json", "\"code\":\"headers_too_large\"");
  }

  @Test
  void shouldSpeakHttp2InPlainText() throws Exception {
    start(Configs.with());
    try (HttpClient h2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> response =
          h2.send(request("GET", "/v1/events").build(), BodyHandlers.ofString());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.body()).isEqualTo("handled /v1/events");
    }
  }

  @Test
  void shouldAnswerPreflightsOfTheOriginsThatAreLetIn() throws Exception {
    start(Configs.with("edge.cors.origins", "https://a.example"));
    HttpResponse<String> preflight = preflight("https://a.example");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://a.example");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
        .contains("GET, POST");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
        .contains(
            "Last-Event-ID, Authorization, Cache-Control, Content-Type, Traceparent, Tracestate");
    assertThat(preflight.headers().firstValue("Access-Control-Max-Age")).contains("600");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(preflight.headers().firstValue("Vary")).contains("Origin");

    HttpResponse<String> stream = send("GET", "/v1/events", "Origin", "https://a.example");
    assertThat(stream.body()).isEqualTo("handled /v1/events");
    assertThat(stream.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://a.example");
    assertThat(stream.headers().firstValue("Vary")).contains("Origin");
    // Errors too, or a page could not read them.
    HttpResponse<String> error = send("GET", "/v1/poll", "Origin", "https://a.example");
    assertProblem(error, 500, "internal");
    assertThat(error.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://a.example");
  }

  @Test
  void shouldLetCookiesComeFromListedOriginsWhereTheyCount() throws Exception {
    start(Configs.with("edge.cors.origins", "https://a.example", "auth.cookie", "token"));
    String credentials = "Access-Control-Allow-Credentials";
    for (HttpResponse<String> listed :
        List.of(
            preflight("https://a.example"),
            send("GET", "/v1/events", "Origin", "https://a.example"),
            send("GET", "/v1/poll", "Origin", "https://a.example"))) {
      assertThat(listed.headers().firstValue(credentials)).contains("true");
      assertThat(listed.headers().firstValue("Access-Control-Allow-Origin"))
          .contains("https://a.example");
      assertThat(listed.headers().allValues("Vary")).contains("Origin", "Cookie");
    }
    String own = "http://127.0.0.1:" + server.port();
    for (HttpResponse<String> other :
        List.of(
            preflight("https://b.example"),
            send("GET", "/v1/events", "Origin", "https://b.example"),
            send("GET", "/v1/events", "Origin", own),
            send("GET", "/v1/events"))) {
      assertThat(other.headers().firstValue(credentials)).isEmpty();
    }
  }

  @Test
  void shouldRefuseOtherOriginsButNotItsOwnNorWhatIsNoBrowser() throws Exception {
    start(Configs.with("edge.cors.origins", "https://a.example"));
    for (String origin : new String[] {"https://b.example", "null", "https://a.example.b"}) {
      HttpResponse<String> preflight = preflight(origin);
      assertProblem(preflight, 403, "origin_not_allowed");
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertProblem(send("GET", "/v1/events", "Origin", origin), 403, "origin_not_allowed");
    }
    String own = "http://127.0.0.1:" + server.port();
    assertThat(send("GET", "/v1/events", "Origin", own).statusCode()).isEqualTo(200);
    HttpResponse<String> plain = send("GET", "/v1/events");
    assertThat(plain.statusCode()).isEqualTo(200);
    assertThat(plain.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(plain.headers().firstValue("Vary")).contains("Origin");
  }

  @Test
  void shouldEchoEveryOriginWhenDeveloping() throws Exception {
    start(Configs.with("dev", "true"));
    HttpResponse<String> response = send("GET", "/v1/events", "Origin", "null");
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).contains("null");
  }

  @Test
  void shouldServeThePageAndTheSchemas() throws Exception {
    start(Configs.with("dev", "true"));
    HttpResponse<String> proto = send("GET", "/schemas/tailrace/v1/event.proto");
    assertThat(proto.statusCode()).isEqualTo(200);
    assertThat(proto.body()).contains("message Event {");
    assertThat(proto.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    assertThat(proto.headers().firstValue("Cache-Control")).contains("no-cache");
    assertThat(send("GET", "/schemas/slot-vectors.json").headers().firstValue("Content-Type"))
        .contains("application/json");
    HttpResponse<String> style = send("GET", "/test-only.css");
    assertThat(style.body()).isEqualTo("body {}\n");
    assertThat(style.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
    Map.of(
            "Content-Security-Policy",
            "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none';"
                + " form-action 'none'; frame-ancestors 'none'",
            "X-Frame-Options",
            "DENY",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cache-Control",
            "no-cache")
        .forEach(
            (name, value) ->
                assertThat(style.headers().allValues(name)).as(name).containsExactly(value));
    assertThat(send("HEAD", "/test-only.css").headers().firstValue("Content-Length")).contains("8");
    for (String path :
        new String[] {
          "/schemas/dev/tailrace/schemas/slot-vectors.json",
          "/schemas/google/protobuf/any.proto",
          "/logback-test.xml",
          "/missing.css",
          "/schemas/",
          "/.hidden",
        }) {
      assertProblem(send("GET", path), 404, "no_such_path");
    }
    assertProblem(send("POST", "/test-only.css"), 404, "no_such_path");
  }

  @Test
  void shouldSayWhichFlagChoosesAnotherPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      server = new PublicServer(Configs.with("edge.port", port), routes());
      assertThatThrownBy(server::start)
          .isInstanceOf(SettingException.class)
          .message()
          .startsWith("edge.port: port " + port + " on 127.0.0.1 cannot be bound")
          .endsWith("choose another (--edge-port)")
          .doesNotContain("\n");
    }
  }

  @Test
  void shouldNotServePlainTextBeyondLoopbackWithoutConsent() throws Exception {
    for (String host : new String[] {"0.0.0.0", "::"}) {
      PublicServer refused = new PublicServer(Configs.with("edge.host", host), routes());
      assertThatThrownBy(refused::start)
          .isInstanceOf(SettingException.class)
          .message()
          .startsWith("edge.host: " + host + " is not a loopback address")
          .contains("edge.plaintext=true");
    }
    // With consent; the test binds loopback's second address, not the world.
    start(Configs.with("edge.host", "127.0.0.2", "edge.plaintext", "true"));
    assertThat(server.port()).isPositive();
  }

  private void start(HttpConfig config) throws Exception {
    server = new PublicServer(config, routes());
    server.start();
  }

  private static Routes routes() {
    return Routes.builder()
        .route(PublicPaths.EVENTS, new Echo(), "GET")
        .route(PublicPaths.POLL, new Throwing(), "GET")
        .route(PublicPaths.HISTORY, new Failing(), "GET")
        .fallback(new PageHandler())
        .build();
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body())
        .contains("\"status\":" + status, "\"code\":\"" + code + "\"", "\"detail\":");
  }

  private HttpResponse<String> preflight(String origin) throws Exception {
    return send(
        "OPTIONS",
        "/v1/events",
        "Origin",
        origin,
        "Access-Control-Request-Method",
        "GET",
        "Access-Control-Request-Headers",
        "last-event-id");
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(method, path);
    return client.send(
        (headers.length == 0 ? request : request.headers(headers)).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String method, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .method(method, HttpRequest.BodyPublishers.noBody());
  }

  private String raw(String request) throws IOException {
    return RawHttp.exchange(server.port(), request);
  }

  /** Says which path it was given. */
  private static final class Echo extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String text = "handled " + Request.getPathInContext(request);
      response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
      return true;
    }
  }

  /** Throws at once. */
  private static final class Throwing extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      throw new IllegalStateException("boom");
    }
  }

  /** Fails by its callback. */
  private static final class Failing extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      callback.failed(new IllegalStateException("boom"));
      return true;
    }
  }
}
