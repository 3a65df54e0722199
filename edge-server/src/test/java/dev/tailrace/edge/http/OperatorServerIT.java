package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.console.ConsoleAccess;
import dev.tailrace.edge.console.ConsoleGuard;
import dev.tailrace.edge.console.FleetFollower;
import dev.tailrace.edge.console.FleetHandler;
import dev.tailrace.edge.console.LiveFeed;
import dev.tailrace.edge.health.ComponentDump;
import dev.tailrace.edge.health.Readiness;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OperatorServerIT {
  private static final String TOKEN = "0123456789abcdef";
  private static final String EDGE = FleetHandler.Role.EDGE.path();

  private final HttpClient client = HttpClient.newHttpClient();
  private final EdgeMetrics metrics = new EdgeMetrics();
  private final FleetFollower fleet =
      FleetFollower.of(
          KafkaSettings.from(Settings.of(Map.of("kafka.bootstrap.servers", "127.0.0.1:1"))),
          EdgeClock.SYSTEM);
  private LiveFeed feed;
  private volatile Readiness tails = Readiness.notReady("no leader for c1-3");
  private OperatorServer server;

  @BeforeEach
  void start() throws Exception {
    start(Configs.with());
  }

  private void start(HttpConfig config) throws Exception {
    ConsoleAccess access = new ConsoleAccess(config.operator().token(), "", false);
    LiveFeed live =
        LiveFeed.start(fleet, access, new LiveFeed.Self(() -> "edge-1", "1.0"), EdgeClock.SYSTEM);
    feed = live;
    server =
        new OperatorServer(
            config,
            List.of(check("tails"), check("control")),
            metrics,
            List.of(
                dump("log", "c1-3 [5..9)"), new BrokenDump(), dump("delivery", "2 connections")),
            new ConsoleGuard(
                access,
                Routes.builder()
                    .route(LiveFeed.PATH, live.handler(), "GET")
                    .route(EDGE, new FleetHandler(FleetHandler.Role.EDGE, fleet), "GET")
                    .build()));
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    feed.close();
    fleet.close();
    metrics.close();
  }

  @Test
  void shouldBeAliveAndTellWhatItIsNotReadyFor() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);

    HttpResponse<String> before = get("/readyz");
    assertThat(before.statusCode()).isEqualTo(503);
    JsonNode checks = JsonMapper.shared().readTree(before.body()).get("checks");
    assertThat(checks.get("tails").get("ready").asBoolean()).isFalse();
    assertThat(checks.get("tails").get("reason").asString()).isEqualTo("no leader for c1-3");
    assertThat(checks.get("control").get("ready").asBoolean()).isTrue();

    tails = Readiness.ok("12 partitions");
    HttpResponse<String> after = get("/readyz");
    assertThat(after.statusCode()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(after.body()).get("status").asString())
        .isEqualTo("ready");
  }

  @Test
  void shouldShowMetricsAndDumps() throws Exception {
    metrics.connections().opened("sse");
    HttpResponse<String> scrape = get("/metrics");
    assertThat(scrape.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(scrape.body()).contains("tailrace_edge_connections{transport=\"sse\"} 1.0\n");

    assertThat(get("/dump").body())
        .isEqualTo(
            """
            == log
            c1-3 [5..9)

            == broken
            could not be dumped: java.lang.IllegalStateException: no

            == delivery
            2 connections

            """);
  }

  @Test
  void shouldAnswerEverythingElseWithAProblem() throws Exception {
    assertThat(get("/v1/events").statusCode()).isEqualTo(404);
    HttpResponse<String> wrong =
        client.send(
            request("/healthz").POST(HttpRequest.BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
    assertThat(get(LiveFeed.PATH).statusCode()).isGreaterThanOrEqualTo(400); // only as a WebSocket
  }

  @Test
  void shouldAskForTheTokenOnAllPagesButThoseOfProbes() throws Exception {
    server.close();
    start(Configs.with("operator.token", TOKEN));
    for (String path : List.of("/metrics", "/dump", EDGE + "?process=edge-1", "/", "/v1/events")) {
      HttpResponse<String> refused = get(path);
      assertThat(refused.statusCode()).as(path).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate"))
          .contains(
              "Bearer realm=\"%s\"".formatted(path.startsWith(EDGE) ? "console" : "operator"));
      assertThat(get(path, "Bearer " + TOKEN + "0").statusCode()).as(path).isEqualTo(401);
    }
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/metrics", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(get("/dump", "bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(get("/v1/events", "Bearer " + TOKEN).statusCode()).isEqualTo(404);
    assertThat(get(EDGE, "Bearer " + TOKEN).statusCode()).as("without a name").isEqualTo(400);
    HttpResponse<String> away = get(EDGE + "?process=edge-1", "Bearer " + TOKEN);
    assertThat(away.statusCode()).as("Kafka is away").isEqualTo(503);
    assertThat(away.body()).contains("\"kafka_unavailable\"");
  }

  @Test
  void shouldNotServeTheWorldWithoutATokenOrConsent() throws Exception {
    server.close();
    for (String host : new String[] {"0.0.0.0", "::"}) {
      assertThatThrownBy(
              () -> start(Configs.with("edge.operator.host", host, "operator.plaintext", "true")))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("edge.operator.host: " + host + " is not a loopback address")
          .hasMessageContaining("operator.token");
    }
    // A token alone does not make plain text safe; the public port's consent is its own.
    HttpConfig open =
        Configs.with(
            "edge.operator.host", "0.0.0.0", "operator.token", TOKEN, "edge.plaintext", "true");
    assertThatThrownBy(() -> start(open))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("operator.plaintext=true");
  }

  @Test
  void shouldNotAnswerPagesInABrowserWhoseNameIsBoundToThisAddress() throws Exception {
    for (String path : List.of("/dump", "/metrics", LiveFeed.PATH, "/nowhere")) {
      assertThat(ask(path, "rebound.example:" + server.port(), null))
          .as(path)
          .startsWith("HTTP/1.1 403 ")
          .contains("application/problem+json", "operator.token");
    }
    assertThat(ask("/dump", "localhost:" + server.port(), null)).startsWith("HTTP/1.1 200 ");
    assertThat(ask("/dump", "127.0.0.1", null)).startsWith("HTTP/1.1 200 ");
    server.close();
    start(Configs.with("operator.token", TOKEN));
    assertThat(ask("/readyz", "edge-1.internal", null)).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void shouldNotAnswerPagesOfOtherOrigins() throws Exception {
    for (String origin : List.of("http://evil.example", "http://127.0.0.1:1", "null")) {
      for (String path : List.of("/dump", "/metrics", LiveFeed.PATH, "/healthz")) {
        assertThat(ask(path, "127.0.0.1:" + server.port(), origin))
            .as(path)
            .startsWith("HTTP/1.1 403 ")
            .contains("application/problem+json", "other origins");
      }
    }
    String own = "127.0.0.1:" + server.port();
    assertThat(ask("/dump", own, "https://" + own)).startsWith("HTTP/1.1 200 ");
    Messages messages = new Messages();
    client
        .newWebSocketBuilder()
        .header("Origin", "http://" + own)
        .buildAsync(URI.create("ws://" + own + LiveFeed.PATH), messages)
        .get(20, TimeUnit.SECONDS)
        .abort();
  }

  /** As a browser asks; for the live feed with a handshake. */
  private String ask(String path, String host, @Nullable String origin) throws Exception {
    String handshake =
        path.equals(LiveFeed.PATH)
            ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            : "";
    return RawHttp.exchange(
        server.port(),
        "GET %s HTTP/1.1\r\nHost: %s\r\n%s%sConnection: %sclose\r\n\r\n"
            .formatted(
                path,
                host,
                origin == null ? "" : "Origin: " + origin + "\r\n",
                handshake,
                handshake.isEmpty() ? "" : "Upgrade, "));
  }

  @Test
  void shouldShowTheFleetToWhoSaysHelloAndTurnOthersAway() throws Exception {
    server.close();
    start(Configs.with("operator.token", TOKEN));
    Messages messages = new Messages();
    WebSocket socket = open(messages);
    var _ = socket.sendText(hello(TOKEN), true);
    assertThat(messages.next().toString())
        .isEqualTo("{\"welcome\":{\"edge\":\"edge-1\",\"may_act\":false,\"version\":\"1.0\"}}");
    JsonNode first = messages.next().at("/snapshot");
    assertThat(first.at("/kafka/reachable").asBoolean()).as("nothing was read").isFalse();
    assertThat(first.at("/totals/edges").asInt()).isZero();
    assertThat(messages.next().at("/snapshot/kafka/silent_ms").asLong())
        .as("once a second")
        .isGreaterThan(first.at("/kafka/silent_ms").asLong());
    socket.abort();

    Messages refused = new Messages();
    var _ = open(refused).sendText(hello(TOKEN + "0"), true);
    assertThat(refused.closed.get(20, TimeUnit.SECONDS)).isEqualTo("1008 unauthorized");
    assertThat(refused.messages).isEmpty();
  }

  private WebSocket open(Messages messages) throws Exception {
    return client
        .newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + LiveFeed.PATH), messages)
        .get(20, TimeUnit.SECONDS);
  }

  private static String hello(String token) {
    return "{\"hello\":{\"token\":\"" + token + "\"}}";
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String authorization) throws Exception {
    return client.send(
        request(path).header("Authorization", authorization).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private ReadinessCheck check(String name) {
    return new ReadinessCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Readiness check() {
        return name.equals("tails") ? tails : Readiness.ok("read to its end");
      }
    };
  }

  private static ComponentDump dump(String name, String line) {
    return new ComponentDump() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void appendTo(StringBuilder text) {
        text.append(line).append('\n');
      }
    };
  }

  private static final class BrokenDump implements ComponentDump {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public void appendTo(StringBuilder text) {
      throw new IllegalStateException("no");
    }
  }

  /** Collects whole text messages. */
  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();
    private final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code + " " + reason);
      return null;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        messages.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    JsonNode next() throws InterruptedException {
      String message = messages.poll(20, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return JsonMapper.shared().readTree(message);
    }
  }
}
