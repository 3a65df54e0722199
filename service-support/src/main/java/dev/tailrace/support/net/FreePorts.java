package dev.tailrace.support.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that bind a moment later, or come back to theirs after they were away: below
 * those that kernels give to the ends of clients (Linux: from 32,768 on), one of which would take
 * the place of a server that is not there.
 *
 * <p>Threading: stateless.
 */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int END = 32_000;

  private FreePorts() {}

  /** One that is free on loopback. */
  public static int one() {
    return some(1).getFirst();
  }

  /**
   * So many that are free on loopback, no two the same.
   *
   * @throws UncheckedIOException when this process may not open sockets
   */
  public static List<Integer> some(int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      try {
        while (held.size() < count) {
          int port = ThreadLocalRandom.current().nextInt(FIRST, END);
          try {
            held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
          } catch (BindException e) {
            // Taken: another one.
          }
        }
        return held.stream().map(ServerSocket::getLocalPort).toList();
      } finally {
        for (ServerSocket socket : held) {
          socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no port for a server", e);
    }
  }
}
