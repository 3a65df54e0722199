package dev.tailrace.testing.conversation;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request on a connection of its own, and what comes of it. A WebSocket's token goes into its
 * first frame, as a browser's does.
 *
 * <p>Threading: one test thread.
 */
final class WireExchange {
  private static final int PATIENCE_MS = 20_000;
  private static final int SWITCHING = 101;
  private static final String AUTHORIZATION = "authorization";
  private static final String BEARER = "Bearer ";

  /** Any 16 bytes in base64: it is the edge's answer that is checked. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private final Socket socket;
  private final InputStream in;
  private final @Nullable String socketToken;
  private @Nullable WireStream stream;

  private WireExchange(Socket socket, @Nullable String socketToken) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.socketToken = socketToken;
  }

  /** Sends it. */
  static WireExchange send(Step.Request request, URI edge, Bindings bindings) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", edge.getAuthority());
    request.headers().forEach((name, value) -> headers.put(name, value.fill(bindings)));
    String token = null;
    if (request.isSocket()) {
      String bearer = headers.remove(AUTHORIZATION);
      token = bearer == null ? null : bearer.substring(BEARER.length());
      headers.put("Connection", "Upgrade");
      headers.put("Upgrade", "websocket");
      headers.put("Sec-WebSocket-Version", "13");
      headers.put("Sec-WebSocket-Key", KEY);
    }
    String body =
        request.body().startsWith("{")
            ? JsonPattern.of(request.body()).fill(bindings).toString()
            : request.body();
    if (request.method().equals("POST")) {
      headers.put("Content-Length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length));
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "%s %s HTTP/1.1\r\n".formatted(request.method(), RequestText.target(request, bindings)));
    headers.forEach((name, value) -> text.append("%s: %s\r\n".formatted(name, value)));
    text.append("\r\n").append(body);
    Socket socket = new Socket(edge.getHost(), edge.getPort());
    socket.setSoTimeout(PATIENCE_MS);
    OutputStream out = socket.getOutputStream();
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    out.flush();
    return new WireExchange(socket, token);
  }

  /** Awaits the answer; what is wrong with it, or null. */
  @Nullable String mismatch(Step.Answer expected, Bindings bindings) throws IOException {
    HttpHead head = HttpHead.read(in);
    int status = Integer.parseInt(head.first().split(" ", -1)[1]);
    if (status != expected.status()) {
      return "should be %d and is %s %s".formatted(expected.status(), head.first(), body(head));
    }
    for (Map.Entry<String, TextPattern> header : expected.headers().entrySet()) {
      if (!header.getValue().takes(head.header(header.getKey()), bindings)) {
        return "should have %s: %s, and that is %s"
            .formatted(
                header.getKey(), header.getValue().shown(bindings), head.header(header.getKey()));
      }
    }
    if (status == SWITCHING) {
      return openSocket(head);
    }
    if (expected.isEventStream()) {
      stream =
          new WireStream.Blocks(
              new BufferedReader(new InputStreamReader(head.body(in), StandardCharsets.UTF_8)),
              this::close);
      return null;
    }
    return bodyMismatch(expected.body(), body(head), bindings);
  }

  private @Nullable String openSocket(HttpHead head) throws IOException {
    if (!head.header("sec-websocket-accept").equals(SocketFrames.accept(KEY))) {
      return "is no answer to the handshake's key";
    }
    SocketFrames frames = new SocketFrames(in, socket.getOutputStream(), true);
    if (socketToken != null) {
      frames.writeText("{\"auth\":{\"token\":\"%s\"}}".formatted(socketToken));
    }
    stream = new WireStream.Frames(frames, this::close);
    return null;
  }

  private String body(HttpHead head) throws IOException {
    return new String(head.body(in).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static @Nullable String bodyMismatch(String expected, String body, Bindings bindings) {
    if (expected.startsWith("{")) {
      String mismatch = JsonPattern.of(expected).mismatch(body, bindings);
      return mismatch == null ? null : "%s: %s".formatted(mismatch, body);
    }
    return expected.equals(body)
        ? null
        : "should have the body %s, and has %s".formatted(expected, body);
  }

  /** What it opened; null: it was answered once and for all. */
  @Nullable WireStream stream() {
    return stream;
  }

  /** Cuts the connection. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
