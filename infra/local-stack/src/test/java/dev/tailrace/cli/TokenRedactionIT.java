package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** However much an edge logs, with the product's own configuration: no token is in it. */
class TokenRedactionIT {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String PAGE = "https://a.example";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PIECE = 10;
  private static final String GOOD = token(SECRET, Duration.ofHours(1));
  private static final String EXPIRED = token(SECRET, Duration.ofHours(-1));
  private static final String FORGED = token(SECRET.replace('0', '1'), Duration.ofHours(1));
  private static final List<String> TOKENS = List.of(GOOD, EXPIRED, FORGED);

  /** What must not be seen: the tokens, what they claim, and pieces of what makes them good. */
  private static final List<String> HIDDEN =
      TOKENS.stream().flatMap(TokenRedactionIT::parts).toList();

  private final HttpClient http = HttpClient.newHttpClient();
  private final PrintStream err = System.err;
  private final Output output = new Output();
  private final List<String> said = new CopyOnWriteArrayList<>();

  private static String token(String secret, Duration ttl) {
    return new TokenSigner(secret)
        .sign("redacted.user", List.of("r.*"), List.of("r.*"), Instant.now(), ttl);
  }

  private static Stream<String> parts(String token) {
    String signature = token.substring(token.lastIndexOf('.') + 1);
    Stream<String> pieces =
        IntStream.rangeClosed(0, signature.length() - PIECE)
            .mapToObj(i -> signature.substring(i, i + PIECE));
    return Stream.concat(Stream.of(token, token.split("\\.", -1)[1]), pieces);
  }

  @BeforeEach
  void logEverything() throws JoranException {
    System.setErr(new PrintStream(output, true, StandardCharsets.UTF_8));
    configure(Map.of("tailrace.log.level", "TRACE", "tailrace.log.kafka.level", "INFO"));
    AppenderBase<ILoggingEvent> ours =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            String text = event.getFormattedMessage();
            if (event.getThrowableProxy() != null) {
              text += ThrowableProxyUtil.asString(event.getThrowableProxy());
            }
            if (HIDDEN.stream().anyMatch(text::contains)) {
              said.add(text);
            }
          }
        };
    ours.start();
    logger("dev.tailrace").addAppender(ours);
  }

  @AfterEach
  void logAsBefore() throws JoranException {
    System.setErr(err);
    configure(Map.of());
    http.close();
  }

  private static void configure(Map<String, String> properties) throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    properties.forEach(context::putProperty);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(TokenRedactionIT.class.getResource("/logback.xml"));
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  @Test
  void shouldLogNoTokenWhateverCameOfIt() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      String at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
      assertThat(CommandRun.of("topics", "create", "--dev=true", at).exitCode()).isZero();
      try (EdgeServer edge = EdgeServer.start(settings(kafka))) {
        for (String token : TOKENS) {
          int expected = token.equals(GOOD) ? 200 : 401;
          assertThat(overHttp(edge, token)).containsOnly(expected);
          assertThat(malformed(edge, token)).allMatch(status -> status >= 400);
          overSockets(edge, token);
        }
      }
    }
    // It was everything, and what somebody else may say of a token is not written down either.
    logger("org.example").warn("a library says {}", GOOD, new IllegalStateException(FORGED));

    assertThat(output.lines()).anyMatch(line -> line.contains(" DEBUG "));
    assertThat(output.lines()).anyMatch(line -> line.contains("a library says (token)"));
    assertThat(output.lines()).anyMatch(line -> line.endsWith("IllegalStateException: (token)"));
    assertThat(output.lines()).noneMatch(line -> HIDDEN.stream().anyMatch(line::contains));
    assertThat(said).isEmpty();
  }

  private static Settings settings(EmbeddedKafka kafka) {
    Map<String, String> values = new HashMap<>();
    values.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    values.put("edge.port", "0");
    values.put("edge.operator.port", "0");
    values.put("edge.warm.window", "0s");
    values.put("auth.hmac.secret", SECRET);
    values.put("auth.cookie", "token");
    values.put("edge.cors.origins", PAGE);
    return Settings.of(values);
  }

  /** By header, query and cookie; the status of each answer. */
  private List<Integer> overHttp(EdgeServer edge, String token) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    String poll = "/v1/poll?channel=r.a&wait=0";
    statuses.add(status(edge, poll, "Authorization", "Bearer " + token));
    statuses.add(status(edge, poll + "&access_token=" + token));
    statuses.add(status(edge, poll, "Cookie", "token=" + token, "Origin", PAGE));
    statuses.add(status(edge, "/v1/history?channel=r.a&access_token=" + token));
    HttpRequest publish =
        HttpRequest.newBuilder(uri(edge, "/v1/publish"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"channels\":[\"r.a\"],\"data\":1}"))
            .build();
    statuses.add(http.send(publish, BodyHandlers.discarding()).statusCode());
    return statuses;
  }

  private int status(EdgeServer edge, String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(edge, path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  private static URI uri(EdgeServer edge, String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(edge.port(), path));
  }

  /** Beside a token, something that is wrong with the request. */
  private static List<Integer> malformed(EdgeServer edge, String token) throws IOException {
    String query = "?access_token=" + token;
    String bearer = "Authorization: Bearer " + token;
    return List.of(
        raw(edge, "GET /v1/poll" + query + "&channel=%zz", "Host: a"),
        raw(edge, "GET /v1/poll" + query + "&channel=%ff%fe", "Host: a"),
        raw(edge, "GET /v1/poll" + query + "&channel=a%20b", "Host: a"),
        raw(edge, "GET /v1/nothing" + query, "Host: a"),
        raw(edge, "GET /v1/nothing/" + token, "Host: a"),
        raw(edge, "GET /v1/%2e%2e/" + query, "Host: a"),
        raw(edge, "DELETE /v1/poll" + query, "Host: a"),
        raw(edge, "GET /v1/poll" + query, "Host: a\r\n" + bearer + "\u0001"),
        raw(edge, "GET /v1/poll", "Host: a\r\nAuthorization: Basic " + token),
        raw(edge, "GET /v1/poll", "Host: a\r\n" + bearer + "\r\nX: " + "x".repeat(20_000)),
        raw(edge, "GET /v1/poll?channel=a", "Host: a\r\nCookie: token=\"" + token + "; b=\u0001"));
  }

  private static int raw(EdgeServer edge, String line, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String request = line + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }
  }

  /** By query, and in frames that are good and bad. */
  private void overSockets(EdgeServer edge, String token) throws Exception {
    String auth = "{\"auth\":{\"token\":\"%s\"}}".formatted(token);
    converse(edge, "", auth, "{\"auth\":{\"token\":\"%s\"}}".formatted(FORGED));
    converse(edge, "", "{\"auth\":{\"tokens\":\"%s\"}}".formatted(token));
    converse(edge, "", "{\"auth\":{\"token\":\"" + token);
    converse(edge, "", "\"" + token + "\"");
    if (token.equals(GOOD)) {
      converse(edge, "?access_token=" + token, auth);
    } else {
      try {
        converse(edge, "?access_token=" + token, auth);
      } catch (ExecutionException e) {
        assertThat(e).hasMessageContaining("WebSocketHandshakeException");
      }
    }
  }

  /** Sends messages; each is answered, or the connection closed, before the next. */
  private void converse(EdgeServer edge, String query, String... messages) throws Exception {
    Conversation conversation = new Conversation();
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create("ws://127.0.0.1:%d/v1/socket%s".formatted(edge.port(), query)),
                conversation)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    for (String message : messages) {
      send(socket, message);
    }
    send(socket, "{\"ping\":{\"ref\":7}}");
    await().atMost(PATIENCE).until(conversation::isOver);
    socket.abort();
  }

  /** One after the other: while a message is being sent, the next is refused. */
  private static void send(WebSocket socket, String message) throws Exception {
    socket
        .sendText(message, true)
        .exceptionally(closed -> socket)
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static final class Conversation implements WebSocket.Listener {
    private volatile boolean over;

    boolean isOver() {
      return over;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      over |= data.toString().contains("pong");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      over = true;
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      over = true;
    }
  }

  /** What the process would write to its standard error. */
  private static final class Output extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int one) {
      bytes.write(one);
    }

    @Override
    public synchronized void write(byte[] some, int from, int length) {
      bytes.write(some, from, length);
    }

    synchronized List<String> lines() {
      return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }
}
