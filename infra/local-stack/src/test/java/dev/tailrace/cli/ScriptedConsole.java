package dev.tailrace.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An edge's operator port that says what a test has written down, of HTTP and of WebSockets. */
final class ScriptedConsole implements AutoCloseable {
  private static final String KEY = "sec-websocket-key: ";
  private static final String TOKEN = "authorization: ";

  /** What a request of HTTP is answered. */
  record Answer(int status, String body) {}

  /** The edge's part of a conversation over one WebSocket. */
  interface Script {
    void play(Socket socket) throws IOException, InterruptedException;
  }

  /** Of the server's end of a WebSocket. */
  static final class WebSocketEnd {
    private WebSocketEnd() {}

    /** A frame of text from the client, masked and short as those are. */
    static String read(Socket socket) throws IOException {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readUnsignedByte();
      int length = in.readUnsignedByte() & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      }
      byte[] mask = in.readNBytes(4);
      byte[] text = in.readNBytes(length);
      for (int i = 0; i < length; i++) {
        text[i] ^= mask[i % 4];
      }
      return new String(text, StandardCharsets.UTF_8);
    }

    static void send(Socket socket, String text) throws IOException {
      write(socket, 0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    static void close(Socket socket, int code, String reason) throws IOException {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      byte[] body = new byte[2 + text.length];
      body[0] = (byte) (code >> 8);
      body[1] = (byte) code;
      System.arraycopy(text, 0, body, 2, text.length);
      write(socket, 0x88, body);
      while (socket.getInputStream().read() >= 0) {
        // until the client has closed as well
      }
    }

    private static void write(Socket socket, int kind, byte[] body) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(kind);
      if (body.length < 126) {
        out.write(body.length);
      } else if (body.length > 0xffff) {
        out.write(ByteBuffer.allocate(9).put((byte) 127).putLong(body.length).array());
      } else {
        out.write(new byte[] {126, (byte) (body.length >> 8), (byte) body.length});
      }
      out.write(body);
      out.flush();
    }
  }

  private final ServerSocket server;
  private final Script script;
  private final Script stream;
  private final Function<String, Answer> answers;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private ScriptedConsole(Script script, Script stream, Function<String, Answer> answers)
      throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.script = script;
    this.stream = stream;
    this.answers = answers;
    Thread.startVirtualThread(this::accept);
  }

  static ScriptedConsole live(Script script) throws IOException {
    return new ScriptedConsole(script, socket -> {}, request -> new Answer(404, "{}"));
  }

  /** Of a public port as well: what is played on an event stream after its head. */
  static ScriptedConsole edge(Script script, Script stream, Function<String, Answer> answers)
      throws IOException {
    return new ScriptedConsole(script, stream, answers);
  }

  /** For a script: until the client leaves. */
  static void stay(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // nothing is expected
    }
  }

  /** By path and query. */
  static ScriptedConsole answering(Function<String, Answer> answers) throws IOException {
    return new ScriptedConsole(socket -> {}, socket -> {}, answers);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** Path, query and token of each. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = head(socket);
      String target = head.split(" ", -1)[1];
      requests.add((target + " " + header(head, TOKEN)).strip());
      String key = header(head, KEY);
      if (target.startsWith("/v1/events") && answers.apply(target).status() == 404) {
        say(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        stream.play(socket);
        return;
      }
      if (key.isEmpty() || answers.apply(target).status() != 404) {
        Answer answer = answers.apply(target);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        say(
            socket,
            "HTTP/1.1 %d Said\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                .formatted(answer.status(), body.length));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return;
      }
      say(
          socket,
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
              .formatted(accepted(key)));
      script.play(socket);
    } catch (IOException e) {
      // The client has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static String header(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name, 0, name.length()))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse("");
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String accepted(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest(
                      (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                          .getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
