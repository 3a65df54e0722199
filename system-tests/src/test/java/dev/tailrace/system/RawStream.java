package dev.tailrace.system;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An event stream on a bare socket, read by hand: it may be left unread, or torn off.
 *
 * <p>Threading: one thread.
 */
final class RawStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SMALL = 4 << 10;

  private final Socket socket = new Socket();
  private final StringBuilder read = new StringBuilder();

  /** Asks for a stream; nothing is read yet. */
  static RawStream open(String baseUrl, String query, String token, String cursor)
      throws IOException {
    RawStream stream = new RawStream();
    try {
      stream.ask(URI.create(baseUrl), query, token, cursor);
      return stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  private void ask(URI base, String query, String token, String cursor) throws IOException {
    socket.setReceiveBufferSize(SMALL);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String resume = cursor.isEmpty() ? "" : "Last-Event-ID: " + cursor + "\r\n";
    String head =
        "GET /v1/events?%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s\r\n"
            .formatted(query, base.getAuthority(), token, resume);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads until this has come; false when the stream ends before. */
  boolean readUntil(String text) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[SMALL];
    while (read.indexOf(text) < 0) {
      int count = in.read(buffer);
      if (count < 0) {
        return false;
      }
      read.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
    }
    return true;
  }

  /** Reads to the end, which the server makes. */
  void readToEnd() throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[SMALL];
    int count = 0;
    while (count >= 0) {
      count = in.read(buffer);
    }
  }

  /** The cursor that it began with. */
  String cursor() throws IOException {
    String before = "{\"cursor\":\"";
    if (!readUntil(before) || !readUntil("\"}\n")) {
      throw new IOException("no stream: " + read);
    }
    int at = read.indexOf(before) + before.length();
    return read.substring(at, read.indexOf("\"", at));
  }

  /** Closes without a word, as a machine that has crashed. */
  void tearOff() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
