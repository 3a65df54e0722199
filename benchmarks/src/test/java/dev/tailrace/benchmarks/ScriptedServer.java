package dev.tailrace.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Answers every request with the same bytes, and then does what it is told to: hangs up, or holds
 * the connection without a word.
 *
 * <p>Threading: threads of its own.
 */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket socket;
  private final byte[] answer;
  private final boolean hangsUp;
  private final CountDownLatch requested;
  private final CountDownLatch answered;
  private final Queue<Socket> held = new ConcurrentLinkedQueue<>();

  private ScriptedServer(byte[] answer, boolean hangsUp, int together) throws IOException {
    this.requested = new CountDownLatch(together);
    this.answered = new CountDownLatch(together);
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answer = answer;
    this.hangsUp = hangsUp;
    Thread.startVirtualThread(this::accept);
  }

  static ScriptedServer hangingUpAfter(String answer) throws IOException {
    return new ScriptedServer(answer.getBytes(StandardCharsets.ISO_8859_1), true, 1);
  }

  static ScriptedServer holdingAfter(String answer) throws IOException {
    return new ScriptedServer(answer.getBytes(StandardCharsets.ISO_8859_1), false, 1);
  }

  /** Holds the connections; answers none before so many have asked. */
  static ScriptedServer answeringTogether(int requests, String answer) throws IOException {
    return new ScriptedServer(answer.getBytes(StandardCharsets.ISO_8859_1), false, requests);
  }

  /** Until all who are answered together have been. */
  void awaitAnswered() {
    await(answered);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        held.add(connection);
        Thread.startVirtualThread(() -> answer(connection));
      }
    } catch (IOException e) {
      // It was closed: the test is over.
      held.clear();
    }
  }

  private void answer(Socket connection) {
    try {
      BufferedReader request =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      String line = request.readLine();
      while (line != null && !line.isEmpty()) {
        line = request.readLine();
      }
      requested.countDown();
      await(requested);
      connection.getOutputStream().write(answer);
      answered.countDown();
      if (hangsUp) {
        connection.close();
      }
    } catch (IOException e) {
      // The client went away, which is its right.
      held.remove(connection);
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket connection : held) {
      connection.close();
    }
    socket.close();
  }
}
