package dev.tailrace.testing.conversation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of clients, on a loopback address, and leaves it to somebody else to answer
 * them. A connection has one request.
 *
 * <p>Threading: one test thread; threads of its own accept and read.
 */
final class PlayedEdge implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int PATIENCE_MS = 20_000;

  private final ServerSocket server;
  private final BlockingQueue<PlayedExchange> requests = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private PlayedEdge(ServerSocket server) {
    this.server = server;
  }

  static PlayedEdge start() throws IOException {
    PlayedEdge edge = new PlayedEdge(new ServerSocket(0, 50, InetAddress.getByName(HOST)));
    Thread.startVirtualThread(edge::accept);
    return edge;
  }

  URI address() {
    return URI.create("http://%s:%d".formatted(HOST, server.getLocalPort()));
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setSoTimeout(PATIENCE_MS);
        sockets.add(socket);
        Thread.startVirtualThread(() -> read(socket));
      }
    } catch (IOException e) {
      // it is closed
    }
  }

  private void read(Socket socket) {
    try {
      requests.add(PlayedExchange.read(socket));
    } catch (IOException e) {
      // A connection without a request: clients may open some in advance.
    }
  }

  /** The next request; null when none comes within this time. */
  @Nullable PlayedExchange next(Duration patience) throws InterruptedException {
    return requests.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
