package dev.tailrace.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that mean no good, to an edge that others are measured at meanwhile: a quarter each
 * send a request's head and never end it, open an event stream and never read it, send pings
 * without a pause, and send what is no HTTP. Whoever is cut comes back after a second. On a
 * loopback address only.
 *
 * <pre>HostileClients &lt;port&gt; [connections] [seconds] [channel]</pre>
 *
 * <p>Threading: the main thread.
 */
public final class HostileClients {
  private enum Kind {
    SLOWLORIS,
    NEVER_READS,
    PINGS,
    GARBAGE
  }

  private static final long BACK_AFTER_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long LORIS_EVERY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long PINGS_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int PINGS_AT_ONCE = 4;

  /** Below what one user may have. */
  private static final int CONNECTIONS_OF_A_USER = 50;

  private static final int PING_BYTES = 125;
  private static final int GARBAGE_BYTES = 1 << 10;
  private static final int SMALL_BUFFER_BYTES = 4 << 10;
  private static final int OPENED_PER_ROUND = 50;
  private static final long SELECT_MS = 10;

  private static final class Client {
    final Kind kind;
    final String query;
    @Nullable SocketChannel channel;
    long dueNs;

    Client(Kind kind, String query) {
      this.kind = kind;
      this.query = query;
    }
  }

  private final InetSocketAddress edge;
  private final Selector selector;
  private final List<Client> clients = new ArrayList<>();
  private final Map<Kind, Integer> opened = new EnumMap<>(Kind.class);
  private final Map<Kind, Integer> ended = new EnumMap<>(Kind.class);
  private final ByteBuffer answers = ByteBuffer.allocateDirect(64 << 10);
  private final byte[] pings = pings();
  private final byte[] garbage = new byte[GARBAGE_BYTES];
  private int openedThisRound;

  private HostileClients(int port, int connections, String channel) throws IOException {
    this.edge = new InetSocketAddress("127.0.0.1", port);
    this.selector = Selector.open();
    new Random(1).nextBytes(garbage);
    Kind[] kinds = Kind.values();
    for (int i = 0; i < connections; i++) {
      String user = "mallory-" + i / CONNECTIONS_OF_A_USER;
      clients.add(new Client(kinds[i % kinds.length], "channel=" + channel + "&user=" + user));
    }
  }

  /** Runs them. */
  public static void main(String[] args) throws IOException {
    int connections = args.length > 1 ? Integer.parseInt(args[1]) : 2_000;
    int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 30;
    String channel = args.length > 3 ? args[3] : "bench-0";
    new HostileClients(Integer.parseInt(args[0]), connections, channel).run(seconds, System.out);
  }

  private void run(int seconds, PrintStream out) throws IOException {
    long begun = System.nanoTime();
    long nextLine = begun;
    for (long now = begun;
        now - begun < TimeUnit.SECONDS.toNanos(seconds);
        now = System.nanoTime()) {
      openedThisRound = 0;
      for (Client client : clients) {
        attend(client, now);
      }
      selector.select(SELECT_MS);
      for (SelectionKey key : selector.selectedKeys()) {
        onReady(key, (Client) key.attachment());
      }
      selector.selectedKeys().clear();
      if (now >= nextLine) {
        nextLine += TimeUnit.SECONDS.toNanos(5);
        out.printf(
            Locale.ROOT,
            "%3d s  opened %s  ended %s%n",
            TimeUnit.NANOSECONDS.toSeconds(now - begun),
            opened,
            ended);
      }
    }
    clients.forEach(HostileClients::close);
    selector.close();
    out.printf(Locale.ROOT, "opened %s  ended %s%n", opened, ended);
  }

  private void attend(Client client, long nowNs) {
    if (nowNs < client.dueNs) {
      return;
    }
    try {
      SocketChannel channel = client.channel;
      if (channel == null) {
        if (openedThisRound++ < OPENED_PER_ROUND) {
          open(client, nowNs);
        }
      } else if (channel.isConnected()) {
        switch (client.kind) {
          case SLOWLORIS -> {
            send(channel, ascii("X"));
            client.dueNs = nowNs + LORIS_EVERY_NS;
          }
          case PINGS -> {
            send(channel, pings);
            client.dueNs = nowNs + PINGS_EVERY_NS;
          }
          case NEVER_READS, GARBAGE -> client.dueNs = Long.MAX_VALUE;
        }
      }
    } catch (IOException e) {
      end(client, nowNs);
    }
  }

  private void open(Client client, long nowNs) throws IOException {
    SocketChannel channel = SocketChannel.open();
    client.channel = channel;
    client.dueNs = nowNs;
    channel.configureBlocking(false);
    if (client.kind == Kind.NEVER_READS) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
    }
    boolean connected = channel.connect(edge);
    channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, client);
    if (connected) {
      begin(client, channel);
    }
  }

  private void onReady(SelectionKey key, Client client) {
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable() && channel.finishConnect()) {
        key.interestOps(client.kind == Kind.NEVER_READS ? 0 : SelectionKey.OP_READ);
        begin(client, channel);
      } else if (key.isReadable()) {
        answers.clear();
        if (channel.read(answers) < 0) {
          end(client, System.nanoTime());
        }
      }
    } catch (IOException e) {
      end(client, System.nanoTime());
    }
  }

  private void begin(Client client, SocketChannel channel) throws IOException {
    opened.merge(client.kind, 1, Integer::sum);
    switch (client.kind) {
      case SLOWLORIS ->
          send(channel, ascii("GET /v1/poll?" + client.query + " HTTP/1.1\r\nX-Loris: "));
      case NEVER_READS ->
          send(channel, ascii("GET /v1/events?" + client.query + " HTTP/1.1\r\nHost: e\r\n\r\n"));
      case PINGS ->
          send(
              channel,
              ascii(
                  "GET /v1/socket?"
                      + client.query
                      + " HTTP/1.1\r\nHost: e\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      + "Sec-WebSocket-Version: 13\r\n\r\n"));
      case GARBAGE -> send(channel, garbage);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What the edge does not take now is not sent: whole frames only, or the rest would be none. */
  private static void send(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int sent = channel.write(buffer);
    if (sent > 0 && buffer.hasRemaining()) {
      throw new IOException("the edge takes no more");
    }
  }

  private void end(Client client, long nowNs) {
    ended.merge(client.kind, 1, Integer::sum);
    close(client);
    client.dueNs = nowNs + BACK_AFTER_NS;
  }

  private static void close(Client client) {
    SocketChannel channel = client.channel;
    client.channel = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // then it is gone
      }
    }
  }

  /** Masked with zeros. */
  private static byte[] pings() {
    ByteBuffer frames = ByteBuffer.allocate(PINGS_AT_ONCE * (2 + 4 + PING_BYTES));
    for (int i = 0; i < PINGS_AT_ONCE; i++) {
      frames.put((byte) 0x89).put((byte) (0x80 | PING_BYTES)).putInt(0).put(new byte[PING_BYTES]);
    }
    return frames.array();
  }
}
