package dev.tailrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP proxy before one port, which can hold back what passes, let it trickle, and reset all
 * connections.
 *
 * <p>Threading: one test thread; two for each connection.
 */
public final class Link implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 << 10;
  private static final long DROP_MS = 50;

  private final ServerSocket door = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
  private final int to;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int bytesPerSecond = Integer.MAX_VALUE;

  /** One to this port on loopback, which passes everything. */
  public Link(int to) throws IOException {
    this.to = to;
    Thread.startVirtualThread(this::accept);
  }

  /** Where it is connected to. */
  public int port() {
    return door.getLocalPort();
  }

  /** Nothing passes any more, in either direction; connections stay. */
  public void stall() {
    limit(0);
  }

  /** So much passes, on each connection in each direction. */
  public void trickle(int bytes) {
    limit(bytes);
  }

  /** All passes again, and what was held back first. */
  public void heal() {
    limit(Integer.MAX_VALUE);
  }

  private void limit(int bytes) {
    lock.lock();
    try {
      bytesPerSecond = bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** All connections end with a reset, whatever is on its way. */
  public void reset() {
    sockets.forEach(Link::reset);
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        Thread.startVirtualThread(() -> open(client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void open(Socket client) {
    Socket server = new Socket();
    sockets.add(client);
    sockets.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), to));
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      InputStream requests = client.getInputStream();
      OutputStream toServer = server.getOutputStream();
      InputStream answers = server.getInputStream();
      OutputStream toClient = client.getOutputStream();
      Thread.startVirtualThread(() -> pass(client, server, requests, toServer));
      pass(client, server, answers, toClient);
    } catch (IOException e) {
      end(client, server); // nobody is there
    }
  }

  private void pass(Socket client, Socket server, InputStream from, OutputStream to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
        for (int sent = 0; sent < count; ) {
          int part = Math.min(count - sent, allowed());
          to.write(buffer, sent, part);
          sent += part;
        }
      }
    } catch (IOException e) {
      // One of them has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(client, server);
  }

  /** Waits until something may pass, and says how much. */
  private int allowed() throws InterruptedException {
    int perSecond = awaitLimit();
    if (perSecond == Integer.MAX_VALUE) {
      return BUFFER_BYTES;
    }
    Thread.sleep(DROP_MS);
    return Math.max(1, (int) (perSecond * DROP_MS / 1_000));
  }

  private int awaitLimit() throws InterruptedException {
    lock.lock();
    try {
      while (bytesPerSecond == 0) {
        changed.await();
      }
      return bytesPerSecond;
    } finally {
      lock.unlock();
    }
  }

  private void end(Socket client, Socket server) {
    sockets.remove(client);
    sockets.remove(server);
    try (client;
        server) {
      // Both are closed.
    } catch (IOException e) {
      // They were.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    reset();
    heal();
  }
}
