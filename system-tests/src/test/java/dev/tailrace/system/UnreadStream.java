package dev.tailrace.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A subscriber by Server-Sent Events that does not read what comes, until it is told to. By
 * HTTP/1.0 no line is cut into chunks.
 *
 * <p>Threading: one test thread; another one reads.
 */
final class UnreadStream implements AutoCloseable {
  private static final int SMALL = 4 << 10;

  private final Socket socket = new Socket();
  private final BufferedReader in;
  private final AtomicInteger events = new AtomicInteger();

  /** Returns when the stream is open. */
  UnreadStream(int port, String query) throws IOException {
    socket.setReceiveBufferSize(SMALL);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket
        .getOutputStream()
        .write(
            "GET /v1/events?%s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n"
                .formatted(query, port)
                .getBytes(StandardCharsets.US_ASCII));
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), SMALL);
    String line = in.readLine();
    while (line != null && !line.startsWith("id: ")) {
      line = in.readLine();
    }
  }

  /** Reads from now on. */
  void read() {
    Thread.startVirtualThread(
        () -> {
          try {
            String line = in.readLine();
            for (String before = ""; line != null; before = line, line = in.readLine()) {
              if (line.startsWith("data: ") && !before.startsWith("event: ")) {
                events.incrementAndGet();
              }
            }
          } catch (IOException e) {
            // It was closed.
          }
        });
  }

  /** How many events it has read. */
  int events() {
    return events.get();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
