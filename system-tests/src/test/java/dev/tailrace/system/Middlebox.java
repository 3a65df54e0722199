package dev.tailrace.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies between clients and edges: one address that leads to one edge, and later to another. It
 * keeps what passes, can cut everybody off, and may cut a connection whose edge says nothing for
 * too long, as reverse proxies do.
 *
 * <p>Threading: one test thread; two for each connection.
 */
final class Middlebox implements AutoCloseable {
  private static final Duration FOR_EVER = Duration.ZERO;
  private static final Pattern LAST_EVENT_ID = Pattern.compile("(?im)^last-event-id: *(.*?) *$");

  private final ServerSocket door;
  private final int mostSilenceMs;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  /** None while nobody is let in. */
  private volatile Optional<InetSocketAddress> edge = Optional.empty();

  private Middlebox(ServerSocket door, Duration mostSilence) {
    this.door = door;
    this.mostSilenceMs = Math.toIntExact(mostSilence.toMillis());
  }

  /** One that cuts nobody by itself. */
  static Middlebox before(String edgeUrl) throws IOException {
    return before(edgeUrl, FOR_EVER);
  }

  /** One that cuts a connection on which the edge says nothing for so long. */
  static Middlebox before(String edgeUrl, Duration mostSilence) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Middlebox box = new Middlebox(door, mostSilence);
    box.leadTo(edgeUrl);
    Thread.startVirtualThread(box::accept);
    return box;
  }

  /** What clients take for the edge's. */
  String baseUrl() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  /** Whoever connects from now on comes to this edge. */
  void leadTo(String edgeUrl) {
    URI url = URI.create(edgeUrl);
    edge = Optional.of(new InetSocketAddress(url.getHost(), url.getPort()));
  }

  /** Cuts all connections, and every new one at once, until it leads somewhere again. */
  void shut() {
    edge = Optional.empty();
    connections.forEach(Connection::cut);
  }

  /** The id that a request brings. */
  static Optional<String> lastEventId(String request) {
    Matcher header = LAST_EVENT_ID.matcher(request);
    return header.find() ? Optional.of(header.group(1)) : Optional.empty();
  }

  /** All there were, the oldest first, whose last request begins so. */
  List<Connection> connections(String request) {
    return connections.stream().filter(one -> one.asked().startsWith(request)).toList();
  }

  private void accept() {
    try {
      while (true) {
        open(door.accept());
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void open(Socket client) throws IOException {
    Optional<InetSocketAddress> to = edge;
    Socket server = new Socket();
    try {
      if (to.isEmpty()) {
        client.close();
        return;
      }
      server.connect(to.orElseThrow());
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.setSoTimeout(mostSilenceMs);
    } catch (IOException e) {
      // The edge is down.
      client.close();
      server.close();
      return;
    }
    Connection connection = new Connection(client, server);
    connections.add(connection);
    if (edge.isEmpty()) {
      connection.cut();
    }
    Thread.startVirtualThread(connection::passRequests);
    Thread.startVirtualThread(connection::passAnswers);
  }

  @Override
  public void close() throws IOException {
    door.close();
    shut();
  }

  /** A client's connection and the one to the edge. */
  static final class Connection {
    private static final int BUFFER_BYTES = 16 << 10;
    private final Socket client;
    private final Socket server;
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();
    private boolean cut;
    private volatile boolean wasSilent;

    private Connection(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    /** The last request, and what has passed to the edge since. */
    synchronized String asked() {
      return asked.toString(StandardCharsets.ISO_8859_1);
    }

    /** What has passed to the client since the last request. After a cut it gets no more. */
    synchronized String answered() {
      return answered.toString(StandardCharsets.UTF_8);
    }

    /** Whether it was cut because the edge said nothing. */
    boolean wasSilent() {
      return wasSilent;
    }

    private void passRequests() {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream from = client.getInputStream();
        for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
          keep(buffer, count);
          server.getOutputStream().write(buffer, 0, count);
        }
      } catch (IOException e) {
        // One of them has left.
      }
      cut();
    }

    /** One read brings the beginning of one request at most: nobody here sends two at once. */
    private synchronized void keep(byte[] buffer, int count) {
      if (new String(buffer, 0, count, StandardCharsets.ISO_8859_1).startsWith("GET /")) {
        asked.reset();
        answered.reset();
      }
      asked.write(buffer, 0, count);
    }

    private void passAnswers() {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        InputStream from = server.getInputStream();
        for (int count = from.read(buffer); count > 0; count = from.read(buffer)) {
          pass(buffer, count);
        }
      } catch (SocketTimeoutException e) {
        wasSilent = true;
      } catch (IOException e) {
        // One of them has left.
      }
      cut();
    }

    private synchronized void pass(byte[] buffer, int count) throws IOException {
      if (!cut) {
        answered.write(buffer, 0, count);
        client.getOutputStream().write(buffer, 0, count);
      }
    }

    /** The client still gets all that has passed. */
    private synchronized void cut() {
      cut = true;
      try (client;
          server) {
        client.shutdownOutput();
      } catch (IOException e) {
        // One of them has left.
      }
    }
  }
}
