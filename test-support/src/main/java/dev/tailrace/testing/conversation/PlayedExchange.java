package dev.tailrace.testing.conversation;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's request, which is answered as a conversation says.
 *
 * <p>Threading: one test thread.
 */
final class PlayedExchange {
  private static final int SWITCHING = 101;
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final String TYPE = "content-type";

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final RequestText request;
  private @Nullable SocketFrames frames;

  private PlayedExchange(Socket socket, InputStream in, RequestText request) throws IOException {
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.request = request;
  }

  /** Awaits the request of a connection. */
  static PlayedExchange read(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    HttpHead head = HttpHead.read(in);
    String body = new String(head.body(in).readAllBytes(), StandardCharsets.UTF_8);
    String[] first = head.first().split(" ", -1);
    return new PlayedExchange(socket, in, RequestText.of(first[0], first[1], head.headers(), body));
  }

  RequestText request() {
    return request;
  }

  /** Answers it, or begins to. */
  void answer(Step.Answer answer, Bindings bindings) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    answer.headers().forEach((name, value) -> headers.put(name, value.fill(bindings)));
    String body =
        answer.body().startsWith("{")
            ? JsonPattern.of(answer.body()).fill(bindings).toString()
            : answer.body();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (answer.status() == SWITCHING) {
      headers.put("Connection", "Upgrade");
      headers.put("Upgrade", "websocket");
      String key = request.headers().getOrDefault("sec-websocket-key", "");
      headers.put("Sec-WebSocket-Accept", SocketFrames.accept(key));
      String protocol = request.headers().get("sec-websocket-protocol");
      if (protocol != null) {
        headers.put("sec-websocket-protocol", protocol);
      }
      frames = new SocketFrames(in, out, false);
    } else {
      headers.put("Connection", "close");
      if (answer.isEventStream()) {
        headers.put("Transfer-Encoding", "chunked");
      } else if (answer.status() != NO_CONTENT) {
        headers.put("Content-Length", Integer.toString(bytes.length));
        headers.putIfAbsent(
            TYPE, answer.status() == OK ? "application/json" : "application/problem+json");
      }
    }
    StringBuilder head = new StringBuilder("HTTP/1.1 %d As-Written\r\n".formatted(answer.status()));
    headers.forEach((name, value) -> head.append("%s: %s\r\n".formatted(name, value)));
    write(head.append("\r\n").append(body).toString());
    if (answer.status() != SWITCHING && !answer.isEventStream()) {
      socket.shutdownOutput();
    }
  }

  /** Sends a block of an event stream. */
  void block(Step.Block block, Bindings bindings) throws IOException {
    StringBuilder text = new StringBuilder();
    block.lines().forEach(line -> text.append(BlockLine.of(line).fill(bindings)).append('\n'));
    text.append('\n');
    int length = text.toString().getBytes(StandardCharsets.UTF_8).length;
    write("%x\r\n%s\r\n".formatted(length, text));
  }

  /** Ends an event stream. */
  void end() throws IOException {
    write("0\r\n\r\n");
    socket.close();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private SocketFrames frames() {
    return Objects.requireNonNull(frames, "it is no WebSocket");
  }

  void frame(Step.Frame frame, Bindings bindings) throws IOException {
    frames().writeText(FrameText.fill(frame.text(), bindings));
  }

  /** Awaits a frame of the client; what is wrong with it, or null. */
  @Nullable String nextFrame(String expected, Bindings bindings) throws IOException {
    SocketFrames.Message message = frames().read();
    if (message.isClose()) {
      return "the client closes: " + message;
    }
    return FrameText.mismatch(expected, message.text(), bindings);
  }

  /** Closes a WebSocket and awaits the client's close; what comes instead, or null. */
  @Nullable String close(Step.Close close, Bindings bindings) throws IOException {
    TextPattern reason = close.reason();
    frames().writeClose(close.code(), reason == null ? "" : reason.fill(bindings));
    SocketFrames.Message message = frames().read();
    socket.close();
    return message.isClose() ? null : "the client should close, too, and says " + message;
  }

  /** Awaits that the client closes; what comes instead, or null. */
  @Nullable String mismatchAtClose() throws IOException {
    if (frames == null) {
      return isCut() ? null : "the client should end the connection";
    }
    SocketFrames.Message message = frames.read();
    if (!message.isClose()) {
      return "the client should close, and says " + message;
    }
    frames.writeClose(message.closeCode() == 0 ? 1000 : message.closeCode(), "");
    socket.close();
    return null;
  }

  private boolean isCut() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true; // a reset
    }
  }

  /** As a network does. */
  void cut() throws IOException {
    socket.close();
  }
}
