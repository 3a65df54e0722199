package dev.tailrace.edge.client;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The JDK's WebSocket. */
final class JdkSocketClient extends SocketClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private WebSocket socket;
  private CompletableFuture<WebSocket> sending;

  private JdkSocketClient(Target target, Form form) {
    super(target, form);
  }

  static JdkSocketClient open(Target target, Form form) throws Exception {
    JdkSocketClient client = new JdkSocketClient(target, form);
    client.socket =
        client
            .http
            .newWebSocketBuilder()
            .subprotocols(form.token())
            .connectTimeout(TIMEOUT)
            .buildAsync(URI.create(client.url()), client.new Listener())
            .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    client.sending = CompletableFuture.completedFuture(client.socket);
    if (!client.socket.getSubprotocol().equals(form.token())) {
      throw new AssertionError("subprotocol " + client.socket.getSubprotocol());
    }
    client.onSocketOpen();
    return client;
  }

  @Override
  void send(String text) {
    sending = sending.thenCompose(s -> s.sendText(text, true));
  }

  @Override
  void send(byte[] bytes) {
    sending = sending.thenCompose(s -> s.sendBinary(ByteBuffer.wrap(bytes), true));
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        onFrame(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
      byte[] copy = new byte[part.remaining()];
      part.get(copy);
      bytes.writeBytes(copy);
      if (last) {
        try {
          onFrame(bytes.toByteArray());
        } catch (Exception e) {
          onSocketEnded(-1, e.toString());
        }
        bytes.reset();
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      onSocketEnded(code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      onSocketEnded(-1, error.toString());
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
