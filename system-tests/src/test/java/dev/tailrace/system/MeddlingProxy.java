package dev.tailrace.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A proxy as some networks have them: it may refuse WebSockets, and hold back what comes by event
 * streams. It looks at the first request of a connection.
 *
 * <p>Threading: one test thread; two for each connection.
 */
final class MeddlingProxy implements AutoCloseable {
  private static final String REFUSAL =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  private static final int BUFFER_BYTES = 16 << 10;

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int to;
  private volatile boolean refusesSockets;
  private volatile boolean holdsStreamsBack;

  /** One to this port on loopback, which passes everything. */
  MeddlingProxy(int to) throws IOException {
    this.to = to;
    Thread.startVirtualThread(this::accept);
  }

  String baseUrl() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  /** From the next connection on. */
  void refuseSockets(boolean refuses) {
    refusesSockets = refuses;
  }

  /** From the next connection on. */
  void holdStreamsBack(boolean holdsBack) {
    holdsStreamsBack = holdsBack;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), to)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      byte[] head = head(client.getInputStream());
      String request = new String(head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
      if (refusesSockets && request.contains("\r\nupgrade: websocket\r\n")) {
        client.getOutputStream().write(REFUSAL.getBytes(StandardCharsets.ISO_8859_1));
        return;
      }
      boolean holdsBack = holdsStreamsBack && request.startsWith("get /v1/events");
      server.getOutputStream().write(head);
      Thread.startVirtualThread(() -> passRequests(client, server));
      pass(
          server.getInputStream(),
          holdsBack ? OutputStream.nullOutputStream() : client.getOutputStream());
    } catch (IOException e) {
      // One of them has left.
    }
  }

  private static byte[] head(InputStream from) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = from.read();
      if (next < 0) {
        throw new IOException("left");
      }
      head.write(next);
    }
    return head.toByteArray();
  }

  private static void passRequests(Socket client, Socket server) {
    try (client;
        server) {
      pass(client.getInputStream(), server.getOutputStream());
    } catch (IOException e) {
      // One of them has left.
    }
  }

  private static void pass(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
