package dev.tailrace.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * WebSocket with JSON frames. It keeps a cursor per channel and one for its user, and resumes each
 * by its own, as the protocol asks of clients.
 *
 * <p>Threading: one thread connects and waits; frames are handled by the HTTP client's threads, one
 * at a time.
 */
final class SocketReader implements EdgeReader {
  private final HttpClient http;
  private final Subscription subscription;
  private final EventPrinter printer;
  private final ObjectMapper json = JsonMapper.builder().build();

  /** By channel; the user's own under the empty name. */
  private final Map<String, String> cursors = new LinkedHashMap<>();

  private Duration pause = Duration.ZERO;

  SocketReader(HttpClient http, Subscription subscription, EventPrinter printer) {
    this.http = http;
    this.subscription = subscription;
    this.printer = printer;
  }

  @Override
  public Duration read() throws IOException, InterruptedException {
    Subscription.Query query = new Subscription.Query();
    if (!cursorOf("").isEmpty()) {
      query.add("cursor", cursorOf(""));
    } else {
      subscription.addStart(query);
    }
    URI address = subscription.address(subscription.isTls() ? "wss" : "ws", "/v1/socket", query);
    WebSocket.Builder builder = http.newWebSocketBuilder().subprotocols("tailrace.v1.json");
    if (!subscription.token().isEmpty()) {
      builder.header("Authorization", "Bearer " + subscription.token());
    }
    Frames frames = new Frames(this::onFrame);
    pause = Duration.ZERO;
    try {
      WebSocket socket = builder.buildAsync(address, frames).get();
      try {
        subscribe(socket);
        frames.end.get();
      } finally {
        socket.abort();
      }
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        EdgeReader.requireOk(refused.getResponse(), "to the opening handshake");
      }
      throw new IOException(e.getCause() == null ? e : e.getCause());
    }
    return pause;
  }

  private void subscribe(WebSocket socket) {
    int ref = 0;
    for (String channel : subscription.channels()) {
      String cursor = cursorOf(channel);
      ObjectNode frame = json.createObjectNode();
      ObjectNode body = frame.putObject("subscribe");
      body.put("ref", ++ref).put("channel", channel);
      if (!cursor.isEmpty()) {
        body.put("cursor", cursor);
      } else {
        addStart(body, subscription.start());
      }
      socket.sendText(frame.toString(), true).join();
    }
  }

  private static void addStart(ObjectNode body, Subscription.Start start) {
    if (!start.since().isEmpty()) {
      body.put("since", start.since());
    }
    if (start.last() > 0) {
      body.put("last", start.last());
    }
  }

  private void onFrame(String text, CompletableFuture<@Nullable Void> end) {
    JsonNode frame = json.readTree(text);
    String kind = frame.propertyNames().stream().findFirst().orElse("");
    JsonNode body = frame.path(kind);
    String cursor = body.path("cursor").asString("");
    switch (kind) {
      case "event" -> {
        printer.event(body.toString());
        reached(body.path("channel").asString(""), cursor);
      }
      case "welcome" -> reached("", cursor);
      case "subscribed" -> reached(body.path("channel").asString(""), cursor);
      case "gap" -> {
        printer.notice("gap", body.toString());
        if (!body.path("reason").asString("").equals("upstream")) { // told once for all
          body.path("channels").forEach(channel -> reached(channel.asString(""), cursor));
        }
      }
      case "error" -> printer.notice("error", body.toString());
      case "goodbye" -> pause = Duration.ofMillis(body.path("reconnect_after_ms").asLong(0));
      default -> {
        // A heartbeat moves every position that it may move by events alone as well.
      }
    }
    if (printer.isDone()) {
      end.complete(null);
    }
  }

  private String cursorOf(String channel) {
    synchronized (cursors) {
      return cursors.getOrDefault(channel, subscription.cursor());
    }
  }

  private void reached(String channel, String cursor) {
    if (cursor.isEmpty()) {
      return;
    }
    synchronized (cursors) {
      cursors.merge(channel, cursor, CursorJoin::moved);
    }
  }

  @Override
  public String cursor() {
    synchronized (cursors) {
      return CursorJoin.oldest(cursors.values());
    }
  }

  /** Joins the parts of a frame. */
  private static final class Frames implements WebSocket.Listener {
    private static final int GOING_AWAY = 1001;

    private final BiConsumer<String, CompletableFuture<@Nullable Void>> onFrame;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final StringBuilder parts = new StringBuilder();

    Frames(BiConsumer<String, CompletableFuture<@Nullable Void>> onFrame) {
      this.onFrame = onFrame;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      parts.append(part);
      if (last) {
        String frame = parts.toString();
        parts.setLength(0);
        onFrame.accept(frame, end);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      if (code <= GOING_AWAY) {
        end.complete(null);
      } else {
        end.completeExceptionally(
            new IOException("the edge closed with %d %s".formatted(code, reason).strip()));
      }
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
