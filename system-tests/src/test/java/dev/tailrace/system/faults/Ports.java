package dev.tailrace.system.faults;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that have to come back to them after they were killed: below those that kernels
 * give to the ends of clients, one of which would take the place of a server that is away.
 *
 * <p>Threading: stateless.
 */
final class Ports {
  private static final int FIRST = 20_000;
  private static final int END = 32_000;

  private Ports() {}

  /** So many that are free on loopback, no two the same. */
  static List<Integer> free(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
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
  }
}
