package dev.tailrace.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Somebody at an edge's console, without a token.
 *
 * <p>Threading: one test thread; another one receives.
 */
final class ConsoleClient implements WebSocket.Listener, AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;
  private final StringBuilder part = new StringBuilder();
  private volatile JsonNode snapshot = JsonMapper.shared().missingNode();
  private volatile String ended = "";
  private volatile JsonNode welcome = JsonMapper.shared().missingNode();

  private ConsoleClient(int operatorPort) {
    base = "127.0.0.1:" + operatorPort;
  }

  static ConsoleClient open(int operatorPort) throws Exception {
    ConsoleClient console = new ConsoleClient(operatorPort);
    WebSocket socket =
        console
            .client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://" + console.base + "/console/live"), console)
            .get(60, TimeUnit.SECONDS);
    var _ = socket.sendText("{\"hello\":{\"token\":\"\"}}", true);
    return console;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      JsonNode message = JsonMapper.shared().readTree(part.toString());
      part.setLength(0);
      if (message.has("snapshot")) {
        snapshot = message.path("snapshot");
      } else {
        welcome = message.path("welcome");
      }
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    ended = code + " " + reason;
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable failure) {
    ended = failure.toString();
  }

  /** Why the edge has closed it; empty while it has not. */
  String ended() {
    return ended;
  }

  /** The last one; of nothing before the first. */
  JsonNode snapshot() {
    return snapshot;
  }

  /** The greeting. */
  JsonNode welcome() {
    return welcome;
  }

  /** An edge of the last snapshot; missing when it is not there. */
  JsonNode edge(String name) {
    return snapshot
        .path("edges")
        .valueStream()
        .filter(edge -> edge.path("process").asString().equals(name))
        .findFirst()
        .orElse(JsonMapper.shared().missingNode());
  }

  /** A detail. */
  JsonNode get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + base + "/console/api/" + path)).build();
    return JsonMapper.shared().readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
