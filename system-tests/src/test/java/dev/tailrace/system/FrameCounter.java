package dev.tailrace.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that keeps its frames' texts.
 *
 * <p>Threading: one test thread; another one receives.
 */
final class FrameCounter implements WebSocket.Listener, AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> frames = new CopyOnWriteArrayList<>();
  private final StringBuilder part = new StringBuilder();

  void open(String url) throws Exception {
    var _ =
        client.newWebSocketBuilder().buildAsync(URI.create(url), this).get(60, TimeUnit.SECONDS);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      frames.add(part.toString());
      part.setLength(0);
    }
    socket.request(1);
    return null;
  }

  /** How many of this kind have come. */
  int count(String kind) {
    return (int) frames.stream().filter(one -> one.startsWith("{\"" + kind + "\"")).count();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
