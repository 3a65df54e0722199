package dev.tailrace.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server whose event stream is what a test wrote. It ends behind that, and the next one stays
 * empty, so that the id shows with which a client comes back.
 *
 * <p>Threading: one test thread; one for each connection.
 */
final class ScriptedStream implements AutoCloseable {
  private static final String STREAM = "GET /stream ";

  private final ServerSocket door;
  private final String script;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private ScriptedStream(ServerSocket door, String script) {
    this.door = door;
    this.script = script;
  }

  static ScriptedStream of(String script) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    ScriptedStream stream = new ScriptedStream(door, script);
    Thread.startVirtualThread(stream::accept);
    return stream;
  }

  /** Where a page of the same origin is. */
  String page() {
    return "http://127.0.0.1:" + door.getLocalPort() + "/";
  }

  String url() {
    return page() + "stream";
  }

  /** With which the second request came; empty while there is none. */
  Optional<String> broughtBack() {
    return requests.size() < 2
        ? Optional.empty()
        : Optional.of(Middlebox.lastEventId(requests.get(1)).orElse("none"));
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        sockets.add(client);
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket client) {
    try {
      String request = head(client);
      boolean isStream = request.startsWith(STREAM);
      if (isStream) {
        requests.add(request);
      }
      boolean isFirst = isStream && requests.size() == 1;
      String head =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/%s\r\n\r\n"
              .formatted(isStream ? "event-stream" : "html");
      String answer = isFirst ? head + script : head;
      client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
      if (!isStream || isFirst) {
        client.close();
      }
    } catch (IOException e) {
      // The client has left.
    }
  }

  private static String head(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    int next = client.getInputStream().read();
    while (next >= 0) {
      head.append((char) next);
      if (head.toString().endsWith("\r\n\r\n")) {
        break;
      }
      next = client.getInputStream().read();
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
