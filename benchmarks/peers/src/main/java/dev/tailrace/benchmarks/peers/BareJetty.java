package dev.tailrace.benchmarks.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * What our own stack allows: Jetty with the edge's connector and nothing of the edge behind it. No
 * log, no cursors, no identities, no heartbeats; a connection follows one name, and an event is
 * written to each follower of its name as it comes in.
 *
 * <pre>
 * mvn -q -Pquick package -pl benchmarks/peers -am
 * java -cp 'benchmarks/peers/target/*:benchmarks/peers/target/lib/*' \
 *   dev.tailrace.benchmarks.peers.BareJetty 8095 8096
 * curl -N localhost:8095/sse?bench-0       # and /ws?bench-0 for a WebSocket
 * </pre>
 *
 * The second port takes events: see {@link EventIntake}. For figures, give the JVM the options that
 * {@link JvmOptions} has.
 *
 * <p>Threading: Jetty's threads register; each publisher's connection has a thread, which writes.
 */
final class BareJetty implements AutoCloseable {
  /* These are the edge's: see JettyServerFactory and HttpConfig there. */
  private static final int THREADS = 64;
  private static final int SPARE_THREADS = 4;
  private static final int REQUEST_HEADER_BYTES = 16 << 10;
  private static final int RESPONSE_HEADER_BYTES = 8 << 10;
  private static final int OUTPUT_BUFFER_BYTES = 32 << 10;
  private static final int ACCEPT_QUEUE = 4_096;
  private static final int STREAMS_PER_CONNECTION = 128;

  /** There are no heartbeats: long enough for any run, and yet a timer, as the edge has. */
  static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);

  private final Server server;
  private final ServerConnector connector;
  private final ServerSocket publishers;
  private final Followers followers = new Followers();

  /**
   * Listens on loopback.
   *
   * @param port of HTTP; 0 for a free one
   * @param publishPort of events; 0 for a free one
   */
  BareJetty(int port, int publishPort) throws IOException {
    QueuedThreadPool pool = new QueuedThreadPool(THREADS, SPARE_THREADS);
    pool.setName("bare-http");
    server = new Server(pool);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(REQUEST_HEADER_BYTES);
    http.setResponseHeaderSize(RESPONSE_HEADER_BYTES);
    http.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
    http.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
    HTTP2CServerConnectionFactory h2c = new HTTP2CServerConnectionFactory(http);
    h2c.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
    h2c.setConnectProtocolEnabled(true);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http), h2c);
    connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new Paths(new BareSseHandler(followers), new BareSocketHandler(followers)));
    server.setStopTimeout(0);
    publishers = new ServerSocket(publishPort, 16, InetAddress.getLoopbackAddress());
  }

  /** One level of paths, as the edge has; no more is needed of a router. */
  private static final class Paths extends Handler.Sequence {
    private final Handler events;
    private final Handler socket;

    Paths(Handler events, Handler socket) {
      super(List.of(events, socket));
      this.events = events;
      this.socket = socket;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return switch (Request.getPathInContext(request)) {
        case "/sse" -> events.handle(request, response, callback);
        case "/ws" -> socket.handle(request, response, callback);
        default -> false;
      };
    }
  }

  /** Serves until it is closed. */
  void start() throws Exception {
    server.start();
    Thread.ofPlatform().name("bare-publishers").daemon().start(this::acceptPublishers);
  }

  int port() {
    return connector.getLocalPort();
  }

  int publishPort() {
    return publishers.getLocalPort();
  }

  private void acceptPublishers() {
    while (!publishers.isClosed()) {
      try {
        EventIntake intake = new EventIntake(publishers.accept(), followers);
        Thread.ofPlatform().name("bare-publisher").daemon().start(intake);
      } catch (IOException e) {
        if (!publishers.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      publishers.close();
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("it cannot be stopped", e);
    }
  }

  /** Takes the two ports, and serves until it is killed. */
  public static void main(String[] arguments) throws Exception {
    BareJetty jetty = new BareJetty(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
    jetty.start();
    jetty.server.join();
  }
}
