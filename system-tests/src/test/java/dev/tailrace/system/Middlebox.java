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
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies between clients and edges: one address that leads to one edge, and later to another. It
 * keeps what passes, can cut everybody off, at once or in the middle of what passes, hold back what
 * edges say, answer requests by itself as a bad gateway does, and may cut a connection whose edge
 * says nothing for too long, as reverse proxies do.
 *
 * <p>Threading: one test thread; two for each connection.
 */
final class Middlebox implements AutoCloseable {
  private static final Duration FOR_EVER = Duration.ZERO;
  private static final byte[] BAD_GATEWAY =
      ("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 14\r\n"
              + "Connection: close\r\n\r\n<h1>Sorry</h1>")
          .getBytes(StandardCharsets.US_ASCII);
  private static final Pattern LAST_EVENT_ID = Pattern.compile("(?im)^last-event-id: *(.*?) *$");

  private final ServerSocket door;
  private final int mostSilenceMs;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  /** None while nobody is let in. */
  private volatile Optional<InetSocketAddress> edge = Optional.empty();

  /** Requests that come no further. */
  private volatile Predicate<String> refused = request -> false;

  private volatile boolean stalled;

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

  /** Cuts all connections that there are. */
  void cut() {
    connections.forEach(Connection::cut);
  }

  /** Cuts each connection that there is by a reset, in the middle of what comes next for it. */
  void cutInTheMiddle() {
    connections.forEach(one -> one.breaking = true);
  }

  /** Holds back what edges say, as long as there is none of the other troubles. */
  void stall() {
    stalled = true;
  }

  /** All passes again, and first what was held back. */
  void goOn() {
    refused = request -> false;
    stalled = false;
    connections.forEach(Connection::release);
  }

  /** Answers 502 by itself to connections whose first request begins so. */
  void refuse(Predicate<String> requests) {
    refused = requests;
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
    Connection connection = new Connection(this, client, server);
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
    private final ByteArrayOutputStream heldBack = new ByteArrayOutputStream();
    private boolean cut;
    private volatile boolean breaking;
    private volatile boolean wasSilent;
    private final Middlebox box;

    private Connection(Middlebox box, Socket client, Socket server) {
      this.box = box;
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
          if (box.refused.test(asked())) {
            client.getOutputStream().write(BAD_GATEWAY);
            break;
          }
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
      if (box.stalled || heldBack.size() > 0) { // what comes later does not overtake
        heldBack.write(buffer, 0, count);
      } else if (breaking) {
        client.getOutputStream().write(buffer, 0, count / 2);
        client.setSoLinger(true, 0);
        client.close();
      } else if (!cut) {
        answered.write(buffer, 0, count);
        client.getOutputStream().write(buffer, 0, count);
      }
    }

    private synchronized void release() {
      byte[] held = heldBack.toByteArray();
      heldBack.reset();
      try {
        pass(held, held.length);
      } catch (IOException e) {
        // The client has left.
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
