package dev.tailrace.cli.console;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows an edge's {@code /console/live}, and connects again when it ends.
 *
 * <p>Threading: {@link #run} has a thread of its own; {@link #state} and {@link #close} are
 * anybody's.
 *
 * <p>Limits: one snapshot is {@value #MOST_CHARS} characters at most.
 */
public final class ConsoleFeed implements AutoCloseable {
  private static final int MOST_CHARS = 16 << 20;
  private static final int POLICY_VIOLATION = 1008;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final ObjectMapper json = JsonMapper.builder().build();
  private final ConsoleAddress console;
  private final LongSupplier nanoTime;
  private final Duration longestSilence;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile FeedState state = FeedState.NOTHING;

  /**
   * Of this console; it connects when it runs.
   *
   * @param longestSilence after so long without a word the connection is taken for dead
   */
  public ConsoleFeed(ConsoleAddress console, LongSupplier nanoTime, Duration longestSilence) {
    this.console = console;
    this.nanoTime = nanoTime;
    this.longestSilence = longestSilence;
  }

  /** What is known now. */
  public FeedState state() {
    return state;
  }

  /**
   * Reads until it is closed.
   *
   * @throws IllegalArgumentException when a request cannot hold the address or the token
   * @throws ConsoleException when the first connection fails, or the edge refuses and would again
   */
  public void run() throws InterruptedException {
    while (closed.getCount() > 0) {
      try {
        readOne();
      } catch (ConsoleException e) {
        if (e.isLasting() || state.snapshot() == null) {
          throw e;
        }
        state = state.lost(String.valueOf(e.getMessage()));
      }
      boolean _ = closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void readOne() throws InterruptedException {
    Frames frames = new Frames();
    WebSocket socket = connect(frames);
    try {
      ObjectNode hello = json.createObjectNode();
      hello.putObject("hello").put("token", console.token());
      // A failure ends the connection.
      var _ = socket.sendText(hello.toString(), true);
      while (closed.getCount() > 0) {
        long heard = frames.heard;
        try {
          frames.end.get(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (frames.heard == heard) {
            throw ConsoleException.failed(
                "the edge has said nothing for %d ms".formatted(longestSilence.toMillis()), e);
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ConsoleException ended
          ? ended
          : ConsoleException.failed("the connection broke: " + words(e.getCause()), e);
    } finally {
      socket.abort();
    }
  }

  private WebSocket connect(Frames frames) throws InterruptedException {
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT);
    if (!console.token().isEmpty()) {
      builder.header("Authorization", "Bearer " + console.token());
    }
    try {
      return builder.buildAsync(console.live(), frames).get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof WebSocketHandshakeException refused
          && refused.getResponse().statusCode() != 200) {
        throw ConsoleException.of(console, refused.getResponse().statusCode(), "");
      }
      if (cause instanceof IllegalArgumentException unusable) {
        throw unusable; // its message may hold the token
      }
      throw ConsoleException.unreachable(console, cause);
    }
  }

  private static String words(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null
        ? String.valueOf(cause)
        : Cells.shown(cause.getMessage());
  }

  private void onFrame(String text) {
    JsonNode frame;
    try {
      frame = json.readTree(text);
    } catch (JacksonException e) {
      return; // nothing that this command knows
    }
    if (frame.has("welcome")) {
      state = state.welcomed(frame.path("welcome").path("edge").asString(""));
    } else if (frame.has("snapshot")) {
      state = state.with(frame.path("snapshot"), nanoTime.getAsLong());
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }

  /** Joins the parts of a frame. */
  private final class Frames implements WebSocket.Listener {
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final StringBuilder parts = new StringBuilder();
    private volatile long heard;

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      heard = nanoTime.getAsLong();
      parts.append(part);
      if (parts.length() > MOST_CHARS) {
        end.completeExceptionally(new IOException("a snapshot is too long"));
        return null;
      }
      if (last) {
        String frame = parts.toString();
        parts.setLength(0);
        onFrame(frame);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      end.completeExceptionally(
          code == POLICY_VIOLATION && reason.contains("unauthorized")
              ? ConsoleException.of(console, 401, "")
              : ConsoleException.failed(
                  "the edge closed with %d %s".formatted(code, Cells.shown(reason)).strip()));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
