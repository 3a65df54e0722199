package dev.tailrace.system.rehearsals;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * An event stream by TLS, and what has come on it.
 *
 * <p>Threading: one test thread; another one reads.
 */
final class TlsStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BUFFER_BYTES = 8 << 10;

  private final SSLSocket socket;
  private final List<String> parts = new CopyOnWriteArrayList<>();

  /** Asks for this at a port on loopback. */
  TlsStream(SSLSocketFactory sockets, int port, String path) throws IOException {
    socket = (SSLSocket) sockets.createSocket("127.0.0.1", port);
    OutputStream request = socket.getOutputStream();
    request.write(
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
            .formatted(path, port)
            .getBytes(StandardCharsets.UTF_8));
    request.flush();
    Thread.startVirtualThread(this::read);
  }

  private void read() {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int count = 0; count >= 0; count = socket.getInputStream().read(buffer)) {
        parts.add(new String(buffer, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  void awaitText(String part) {
    await(part).atMost(PATIENCE).until(() -> String.join("", parts).contains(part));
  }

  /** What the server has shown. */
  X509Certificate certificate() throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
