package dev.tailrace.infra.local.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a server that answers at once, and streams a line now and then. */
class BadNetworkTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration A_MOMENT = Duration.ofMillis(800);
  private static final int LINE_MS = 100;

  private HttpServer server;
  private BadNetwork network;
  private HttpClient client;
  private volatile boolean quiet;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = "x".repeat(4_000).getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.createContext(
        "/v1/events",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; ; i++) {
              if (i == 0 || !quiet) {
                out.write("line %d\n".formatted(i).getBytes(StandardCharsets.US_ASCII));
                out.flush();
              }
              Thread.sleep(LINE_MS);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    network = BadNetwork.open(0, server.getAddress());
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterEach
  void stopServer() throws IOException {
    client.shutdownNow();
    network.close();
    server.stop(0);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:%d%s".formatted(network.port(), path)));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> become(String condition) throws Exception {
    HttpRequest.BodyPublisher nothing = HttpRequest.BodyPublishers.noBody();
    return client.send(
        request("/network?condition=" + condition).POST(nothing).build(), BodyHandlers.ofString());
  }

  /** The lines of a stream that is opened now, as they come, and "cut" when it ends. */
  private List<String> lines() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Thread.startVirtualThread(
        () -> {
          try {
            HttpResponse<InputStream> stream =
                client.send(request("/v1/events?x").build(), BodyHandlers.ofInputStream());
            try (BufferedReader reader =
                new BufferedReader(
                    new InputStreamReader(stream.body(), StandardCharsets.US_ASCII))) {
              reader.lines().forEach(lines::add);
            }
          } catch (Exception e) {
            // The end that is looked for.
          }
          lines.add("cut");
        });
    return lines;
  }

  @Test
  void shouldPassAllWhileItIsGood() throws Exception {
    List<String> lines = lines();

    assertThat(get("/").body()).hasSize(4_000);
    await().atMost(SOON).until(() -> lines.size() >= 5);
    assertThat(lines).doesNotContain("cut");
  }

  @Test
  void shouldSayHowItIsAndChange() throws Exception {
    assertThat(get("/network").body()).isEqualTo("good");
    assertThat(become("no-websockets").body()).isEqualTo("no-websockets");
    assertThat(network.condition()).isEqualTo(Condition.NO_WEBSOCKETS);
  }

  @Test
  void shouldRefuseAConditionThatThereIsNot() throws Exception {
    assertThat(become("sunny").statusCode()).isEqualTo(400);
    assertThat(network.condition()).isEqualTo(Condition.GOOD);
  }

  @Test
  void shouldRefuseWebSocketsAlone() throws Exception {
    become("no-websockets");

    assertThat(get("/").statusCode()).isEqualTo(200);
    assertThat(upgrade()).isEqualTo("HTTP/1.1 502 Bad Gateway");
  }

  /** The client above leaves such headers to itself. */
  private String upgrade() throws IOException {
    try (Socket socket = raw("GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n")) {
      return firstLine(socket);
    }
  }

  @Test
  void shouldAnswerAsAProxyWithoutServersUntilItIsGoodAgain() throws Exception {
    become("bad-gateway");
    assertThat(get("/v1/poll").statusCode()).isEqualTo(502);

    assertThat(get("/").statusCode()).as("the page").isEqualTo(200);

    become("good");
    assertThat(get("/v1/poll").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldEndAConnectionWhoseRequestItRefuses() throws Exception {
    become("bad-gateway");
    try (Socket socket =
        raw("POST /v1/publish HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\n")) {
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).startsWith("HTTP/1.1 502 ").endsWith("<h1>Bad gateway</h1>");
    }
  }

  @Test
  void shouldLetNoOtherSitesPageChangeIt() throws Exception {
    String request =
        "POST /network?condition=stalled HTTP/1.1\r\nHost: x:1\r\nOrigin: http://%s\r\n\r\n";
    try (Socket socket = raw(request.formatted("evil.example"))) {
      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 403 Forbidden");
    }
    assertThat(network.condition()).isEqualTo(Condition.GOOD);
    try (Socket socket = raw(request.formatted("x:1"))) {
      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
    }
    assertThat(network.condition()).isEqualTo(Condition.STALLED);
  }

  /** Else it would count among the most there may be for as long as the tunnel lasts. */
  @Test
  void shouldKeepNothingOfThoseWhoLeaveWhileItIsStalled() throws Exception {
    network.become(Condition.STALLED);
    try (Socket socket = raw("GET /v1/poll HTTP/1.1\r\nHost: x\r\n\r\n")) {
      assertThat(socket.isConnected()).isTrue();
      await().atMost(SOON).until(() -> network.connections() == 1);
    }

    await().atMost(SOON).until(() -> network.connections() == 0);
  }

  private Socket raw(String request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), network.port());
    socket.setSoTimeout(10_000); // before the server ends what nothing comes on
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String firstLine(Socket socket) throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  @Test
  void shouldHoldBackWhatIsStalledAndPassItLater() throws Exception {
    become("stalled");
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request("/v1/poll").build(), BodyHandlers.ofString());
    await().during(A_MOMENT).atMost(SOON).until(() -> !answer.isDone());

    become("good");
    await().atMost(SOON).until(answer::isDone);
    assertThat(answer.join().body()).hasSize(4_000);
  }

  @Test
  void shouldCollectStreamsAndPassOtherAnswers() throws Exception {
    become("collecting");
    List<String> lines = lines();
    await().during(A_MOMENT).atMost(SOON).until(lines::isEmpty);
    assertThat(get("/").statusCode()).isEqualTo(200);

    become("good");
    await().atMost(SOON).until(() -> lines.size() >= 10);
    assertThat(lines.subList(0, 3)).containsExactly("line 0", "line 1", "line 2");
  }

  @Test
  void shouldPassSlowly() throws Exception {
    become("slow");
    long startedAt = System.nanoTime();

    assertThat(get("/v1/poll").body()).hasSize(4_000);

    assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
        .isGreaterThan(Duration.ofMillis(1_500));
  }

  @Test
  void shouldCutConnectionsOfANetworkThatIsTorn() throws Exception {
    List<String> lines = lines();
    await().atMost(SOON).until(() -> !lines.isEmpty());

    become("torn");

    await().atMost(SOON).until(() -> lines.getLast().equals("cut"));
  }

  @Test
  void shouldCutTheSilentWhereAProxyIsImpatient() throws Exception {
    become("impatient");
    List<String> lines = lines();
    await().during(A_MOMENT).atMost(SOON).until(() -> !lines.contains("cut"));

    quiet = true;

    await().atMost(SOON).until(() -> lines.getLast().equals("cut"));
  }
}
