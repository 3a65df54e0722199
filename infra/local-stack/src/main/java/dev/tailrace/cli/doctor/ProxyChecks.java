package dev.tailrace.cli.doctor;

import dev.tailrace.cli.console.Cells;
import dev.tailrace.cli.console.ConsoleClient;
import dev.tailrace.cli.console.ConsoleException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Comes to the fleet as a client does, through whatever is in front of it, and sees what that does
 * to streams and WebSockets.
 *
 * <p>Threading: one thread; blocks.
 */
public final class ProxyChecks {
  private static final String ACCESS = "public address";
  private static final String STREAM = "event stream";
  private static final String SOCKET = "websocket";
  private static final String IDLE = "idle stream";
  private static final String FORWARDED = "forwarded headers";

  /** Who has not answered by then is not there. */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** An edge's first bytes go out at once. */
  private static final Duration FIRST_BYTES = Duration.ofSeconds(2);

  /** Longest time between two heartbeats, with some more for the network. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(30);

  /** Of a network that is nobody's (RFC 5737): who is taken for it, is so by his own word. */
  private static final String FORGED = "203.0.113.77";

  private static final String GUIDE = "docs/guide/README.md#proxies";

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final PublicAccess access;
  private final Duration idle;
  private final @Nullable ConsoleClient console;
  private final Duration firstBytes;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * Of this address.
   *
   * @param idle how long a stream is held open; zero for not at all
   * @param console says for whom the edge takes this client; null when there is none to ask
   */
  public ProxyChecks(PublicAccess access, Duration idle, @Nullable ConsoleClient console) {
    this(access, idle, console, FIRST_BYTES);
  }

  /**
   * Of this address.
   *
   * @param idle how long a stream is held open; zero for not at all
   * @param console says for whom the edge takes this client; null when there is none to ask
   * @param firstBytes who is connected and has sent nothing for so long is held back
   */
  public ProxyChecks(
      PublicAccess access, Duration idle, @Nullable ConsoleClient console, Duration firstBytes) {
    this.access = access;
    this.idle = idle;
    this.console = console;
    this.firstBytes = firstBytes;
  }

  /** All of them. */
  public List<Finding> findings() {
    try (StreamProbe stream = StreamProbe.open(http, request())) {
      if (lookAtStream(stream)) {
        lookAtForwarded();
        lookAtSocket();
        lookAtIdle(stream);
      }
    } catch (IllegalArgumentException e) {
      findings.add(
          Finding.problem(
              ACCESS, Cells.shown(String.valueOf(e.getMessage())), "give another --public-url"));
    }
    return findings;
  }

  private HttpRequest request() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(access.stream())
            .version(
                "https".equals(access.url().getScheme())
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .header("Accept", "text/event-stream")
            .header("X-Forwarded-For", FORGED)
            .header("Forwarded", "for=" + FORGED);
    if (!access.token().isEmpty()) {
      request.header("Authorization", "Bearer " + access.token());
    }
    return request.build();
  }

  /** Whether there is one. */
  private boolean lookAtStream(StreamProbe stream) {
    long began = System.nanoTime();
    try {
      HttpResponse<InputStream> head = stream.head(CONNECT.plus(firstBytes));
      if (head.statusCode() != 200) {
        findings.add(refused(head.statusCode()));
        return false;
      }
      String type = head.headers().firstValue("Content-Type").orElse("");
      if (!type.startsWith("text/event-stream")) {
        findings.add(
            Finding.problem(
                STREAM,
                "what comes is %s, no event stream"
                    .formatted(type.isEmpty() ? "nothing" : Cells.shown(type)),
                "give the address that clients are given (--public-url)"));
        return false;
      }
      if (stream.hasBegun(firstBytes)) {
        findings.add(
            Finding.ok(
                STREAM,
                "the first bytes came after %d ms"
                    .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))));
        return true;
      }
      findings.add(collected(firstBytes));
      return true;
    } catch (TimeoutException e) {
      // It is connected: who is not there fails before.
      findings.add(collected(CONNECT.plus(firstBytes)));
      return true;
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              ACCESS,
              "nobody answers at %s: %s"
                  .formatted(Cells.shown(access.url().toString()), words(e.getCause())),
              "start an edge, or give the address that clients are given (--public-url)"));
      return false;
    }
  }

  private static Finding collected(Duration waited) {
    return Finding.problem(
        STREAM,
        "nothing of the stream came within %d ms: something in front collects it"
            .formatted(waited.toMillis()),
        "let it pass answers on as they come (nginx: proxy_buffering off, no proxy_ignore_headers"
            + " X-Accel-Buffering): "
            + GUIDE);
  }

  private Finding refused(int status) {
    if (status == 401 || status == 403) {
      return Finding.warning(
          ACCESS,
          "streams and WebSockets are not looked at: the edge answers %d".formatted(status),
          "give a --token (TAILRACE_TOKEN) and a --channel that it grants; with tailrace dev a"
              + " --user");
    }
    return Finding.problem(
        ACCESS,
        "an event stream is answered %d".formatted(status),
        "see what the edge's /readyz says, and where the proxy in front leads");
  }

  private void lookAtSocket() {
    Welcome welcome = new Welcome();
    WebSocket.Builder builder =
        http.newWebSocketBuilder().connectTimeout(firstBytes).subprotocols("tailrace.v1.json");
    if (!access.token().isEmpty()) {
      builder.header("Authorization", "Bearer " + access.token());
    }
    CompletableFuture<WebSocket> opening = builder.buildAsync(access.socket(), welcome);
    String mend =
        "let it pass Upgrade and Connection on (nginx: proxy_http_version 1.1, proxy_set_header"
            + " Upgrade $http_upgrade): "
            + GUIDE;
    try {
      WebSocket socket = opening.get(firstBytes.toMillis(), TimeUnit.MILLISECONDS);
      try {
        welcome.first.get(firstBytes.toMillis(), TimeUnit.MILLISECONDS);
        findings.add(Finding.ok(SOCKET, "it is upgraded, and the edge's welcome comes"));
      } finally {
        socket.abort();
      }
    } catch (TimeoutException e) {
      opening.cancel(true);
      findings.add(
          Finding.problem(
              SOCKET,
              opening.isCompletedExceptionally()
                  ? "no answer to its opening handshake: something in front does not know"
                      + " WebSockets"
                  : "it is upgraded, and nothing comes through it",
              mend));
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof WebSocketHandshakeException answered
              ? "its opening handshake is answered %d, while event streams are let in: something in front refuses WebSockets"
                  .formatted(answered.getResponse().statusCode())
              : "it does not open: " + words(e.getCause());
      findings.add(Finding.problem(SOCKET, why, mend));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookAtIdle(StreamProbe stream) {
    if (idle.isZero()
        || findings.stream()
            .anyMatch(one -> one.level() == Finding.Level.PROBLEM && one.check().equals(STREAM))) {
      return;
    }
    String end = stream.endWithin(idle);
    if (!end.isEmpty()) {
      findings.add(
          Finding.problem(
              IDLE,
              "it did not last %d s: %s after %d s of silence"
                  .formatted(idle.toSeconds(), Cells.shown(end), stream.silence().toSeconds()),
              "let what is in front bear 30 s of silence, more than edge.heartbeat (nginx:"
                  + " proxy_read_timeout): "
                  + GUIDE));
    } else if (stream.longestSilence().compareTo(HEARTBEAT) > 0) {
      findings.add(
          Finding.problem(
              IDLE,
              "no heartbeat came for %d s: something in front collects them, or edge.heartbeat is longer"
                  .formatted(stream.longestSilence().toSeconds()),
              "let it pass answers on as they come: " + GUIDE));
    } else {
      findings.add(
          Finding.ok(
              IDLE,
              "it lasted %d s%s"
                  .formatted(
                      idle.toSeconds(),
                      idle.compareTo(HEARTBEAT) > 0
                          ? ", never silent for more than %d s"
                              .formatted(stream.longestSilence().toSeconds() + 1)
                          : "; heartbeats are judged with more than --idle %ds"
                              .formatted(HEARTBEAT.toSeconds()))));
    }
  }

  /** The stream has come with headers by which a client says that he is somebody else. */
  private void lookAtForwarded() {
    if (console == null) {
      return;
    }
    try {
      JsonNode answer = console.get("channel", Map.of("name", access.channel()));
      int told = answer.path("connections").size();
      boolean isBelieved =
          answer
              .path("connections")
              .valueStream()
              .anyMatch(one -> one.path("address").asString("").startsWith(FORGED));
      boolean isAll =
          told > 0
              && answer.path("missing").isEmpty()
              && answer.path("connection_count").asInt(-1) == told;
      if (isBelieved) {
        findings.add(
            Finding.problem(
                FORWARDED,
                "the edge takes this client for %s, by the client's own header".formatted(FORGED),
                "let the proxy write X-Forwarded-For (or Forwarded, edge.proxy.header) itself,"
                    + " and name in edge.proxies only proxies"));
      } else if (isAll) {
        findings.add(
            Finding.ok(FORWARDED, "what a client says of its own address counts for nothing"));
      } else {
        findings.add(
            Finding.warning(
                FORWARDED,
                "not looked at: this client is not seen among the %d connections that were told"
                    .formatted(told),
                "give a --channel that nobody else follows, while all edges answer"));
      }
    } catch (ConsoleException e) {
      findings.add(
          Finding.warning(
              FORWARDED,
              "not looked at: " + e.getMessage(),
              "give --edge and operator.token, so that the console can be asked"));
    }
  }

  private static String words(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    return message == null
        ? cause == null ? "no answer" : cause.getClass().getSimpleName()
        : Cells.shown(message);
  }

  /** Waits for the first frame. */
  private static final class Welcome implements WebSocket.Listener {
    private final CompletableFuture<@Nullable Void> first = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      first.complete(null);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      first.completeExceptionally(
          new IOException("closed with %d %s".formatted(code, reason).strip()));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      first.completeExceptionally(failure);
    }
  }
}
