package dev.tailrace.infra.local.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A second door to an edge on this machine, through a network and a proxy that can be made bad
 * while clients are connected. Browsers, and whoever else speaks plain HTTP/1.1, find there what
 * they find at the edge; what is not below {@code /v1/} passes always; {@code GET /network} says
 * the {@link Condition}, {@code POST /network?condition=stalled} changes it.
 *
 * <p>Requests are told apart by the reads that bring them: one that begins a request holds it
 * alone, since nobody here sends a request before the last one is answered.
 *
 * <p>Threading: any thread may change the condition; two virtual threads for each connection.
 *
 * <p>Limits: {@value #MOST_CONNECTIONS} connections, more are closed at once; a buffer of 16 KiB
 * each way, and 64 KiB that are held back.
 */
public final class BadNetwork implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 200;
  private static final int BACKLOG = 50;
  private static final int CONNECT_MS = 2_000;
  private static final long PAUSE_NANOS = 10_000_000;

  private final ServerSocket door;
  private final InetSocketAddress edge;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private volatile Condition condition = Condition.GOOD;
  private volatile long changedAt = System.nanoTime();

  private BadNetwork(ServerSocket door, InetSocketAddress edge) {
    this.door = door;
    this.edge = edge;
  }

  /**
   * Opens one on loopback, to this edge.
   *
   * @param port 0 for any that is free
   * @throws IOException when the port is taken
   */
  public static BadNetwork open(int port, InetSocketAddress edge) throws IOException {
    ServerSocket door = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    BadNetwork network = new BadNetwork(door, edge);
    Thread.startVirtualThread(network::accept);
    return network;
  }

  /** Where it listens. */
  public int port() {
    return door.getLocalPort();
  }

  /** How it is now. */
  public Condition condition() {
    return condition;
  }

  /** How many there are. */
  int connections() {
    return passages.size();
  }

  /** By {@link System#nanoTime}. */
  long changedAt() {
    return changedAt;
  }

  /**
   * Makes it so within a moment, for connections that there are as for new ones. What was held back
   * passes first.
   */
  public void become(Condition next) {
    changedAt = System.nanoTime();
    condition = next;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        let(door.accept());
      } catch (IOException e) {
        // It is closed, or this one has left already, or there is no descriptor left.
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void let(Socket client) throws IOException {
    if (passages.size() >= MOST_CONNECTIONS) {
      client.close();
      return;
    }
    Socket server = new Socket();
    try {
      server.connect(edge, CONNECT_MS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException e) {
      // As where nobody listens.
      client.close();
      server.close();
      return;
    }
    Passage passage = new Passage(this, client, server);
    passages.add(passage);
    passage.start(() -> passages.remove(passage));
    if (door.isClosed()) {
      passage.reset();
    }
  }

  /** Cuts all connections that there are. */
  public void cutAll() {
    passages.forEach(Passage::reset);
  }

  @Override
  public void close() throws IOException {
    door.close();
    cutAll();
  }
}
