package dev.tailrace.testing.conversation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests of clients, on a loopback address, and leaves it to somebody else to answer
 * them. A connection has one request. Of two requests the one that was sent first comes first, even
 * when its client has left by then.
 *
 * <p>Threading: one test thread; a thread of its own accepts and reads.
 */
final class PlayedEdge implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int PATIENCE_MS = 20_000;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final BlockingQueue<PlayedExchange> requests = new LinkedBlockingQueue<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private PlayedEdge(ServerSocketChannel server, Selector selector) {
    this.server = server;
    this.selector = selector;
  }

  static PlayedEdge start() throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getByName(HOST), 0));
    server.configureBlocking(false);
    PlayedEdge edge = new PlayedEdge(server, Selector.open());
    server.register(edge.selector, SelectionKey.OP_ACCEPT);
    Thread.ofPlatform().daemon().name("played-edge").start(edge::take);
    return edge;
  }

  URI address() {
    return URI.create("http://%s:%d".formatted(HOST, server.socket().getLocalPort()));
  }

  /**
   * One thread, which asks for all that is there before it reads any: a client that sends one
   * request after the other has sent the first by the time that the second is there.
   */
  private void take() {
    try {
      while (true) {
        selector.select();
        accept();
        selector.selectNow();
        for (SocketChannel channel : readable()) {
          channel.configureBlocking(true);
          read(channel.socket());
        }
      }
    } catch (IOException | ClosedSelectorException e) {
      // it is closed
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    while (channel != null) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, sockets.size());
      sockets.add(channel.socket());
      channel = server.accept();
    }
  }

  /** In the order of their connections, and no longer the selector's. */
  private List<SocketChannel> readable() throws IOException {
    List<SelectionKey> keys = new ArrayList<>(selector.selectedKeys());
    selector.selectedKeys().clear();
    keys.removeIf(key -> !(key.channel() instanceof SocketChannel));
    keys.sort(Comparator.comparingInt(key -> (Integer) key.attachment()));
    keys.forEach(SelectionKey::cancel);
    selector.selectNow();
    return keys.stream().map(key -> (SocketChannel) key.channel()).toList();
  }

  private void read(Socket socket) {
    try {
      socket.setSoTimeout(PATIENCE_MS);
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
    selector.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
