package dev.tailrace.edge.client;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that sends whatever it is told to, and keeps what comes back. */
public final class BareSocket implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private final List<byte[]> binaries = new CopyOnWriteArrayList<>();
  private final List<String> pongs = new CopyOnWriteArrayList<>();
  private volatile int closeCode;
  private volatile String closeReason = "";
  private WebSocket socket;

  private BareSocket() {}

  /** Opens one; without a subprotocol when that is empty. */
  public static BareSocket open(int port, String query, String subprotocol) throws Exception {
    BareSocket bare = new BareSocket();
    WebSocket.Builder builder = bare.http.newWebSocketBuilder().connectTimeout(TIMEOUT);
    if (!subprotocol.isEmpty()) {
      builder.subprotocols(subprotocol);
    }
    URI uri = URI.create("ws://127.0.0.1:%d/v1/socket?%s".formatted(port, query));
    bare.socket =
        builder.buildAsync(uri, bare.new Listener()).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return bare;
  }

  /** Sends a text message. */
  public BareSocket send(String text) throws Exception {
    socket.sendText(text, true).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  /** Sends a binary message. */
  public BareSocket send(byte[] bytes) throws Exception {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  /** Sends a text message; the other side may close before it has taken all of it. */
  public void trySend(String text) {
    var _ = socket.sendText(text, true);
  }

  /** Sends a binary message; the other side may close before it has taken all of it. */
  public void trySend(byte[] bytes) {
    var _ = socket.sendBinary(ByteBuffer.wrap(bytes), true);
  }

  /** Sends a Ping. */
  public void ping(String payload) throws Exception {
    socket
        .sendPing(ByteBuffer.wrap(payload.getBytes(StandardCharsets.US_ASCII)))
        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  /** What came in Pongs. */
  public List<String> pongs() {
    return pongs;
  }

  /** Text messages so far. */
  public List<String> texts() {
    return texts;
  }

  /** Binary messages so far. */
  public List<byte[]> binaries() {
    return binaries;
  }

  /** The close code; 0 while it is open, negative when it broke. */
  public int closeCode() {
    return closeCode;
  }

  /** The close reason. */
  public String closeReason() {
    return closeReason;
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        texts.add(text.toString());
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
        binaries.add(bytes.toByteArray());
        bytes.reset();
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
      pongs.add(StandardCharsets.US_ASCII.decode(message).toString());
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closeReason = reason;
      closeCode = code;
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closeReason = error.toString();
      closeCode = -1;
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
