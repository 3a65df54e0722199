package dev.tailrace.edge;

import dev.tailrace.edge.client.RawSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A WebSocket that brings no token, answers no close, and pings until it is cut. */
final class PingingSocket implements AutoCloseable {
  private static final long INTERVAL_MS = 200;

  private final RawSocket socket;
  private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();
  private final Thread pinging;

  private PingingSocket(RawSocket socket) {
    this.socket = socket;
    this.pinging = Thread.startVirtualThread(this::ping);
    Thread.startVirtualThread(this::readClose);
  }

  static PingingSocket open(int port) throws IOException {
    return new PingingSocket(RawSocket.open(port, ""));
  }

  private void ping() {
    byte[] ping = RawSocket.frame(RawSocket.PING, new byte[0]);
    try {
      while (true) {
        socket.send(ping);
        Thread.sleep(INTERVAL_MS);
      }
    } catch (IOException | InterruptedException e) {
      // cut off at last
    }
  }

  private void readClose() {
    try {
      closeCode.complete(socket.readCloseCode());
    } catch (IOException e) {
      closeCode.completeExceptionally(e);
    }
  }

  /** The code of its close, when that has come. */
  int closeCode(Duration patience) throws Exception {
    return closeCode.get(patience.toSeconds(), TimeUnit.SECONDS);
  }

  /** Waits until it can send no more; false when it still can. */
  boolean isCutWithin(Duration patience) throws InterruptedException {
    return pinging.join(patience);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
