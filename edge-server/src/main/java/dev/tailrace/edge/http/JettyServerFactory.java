package dev.tailrace.edge.http;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the two Jetty servers: one connector each, HTTP/1.1 and cleartext HTTP/2 on the same port,
 * every size bounded.
 *
 * <p>Threading: stateless; called while starting.
 */
final class JettyServerFactory {
  private static final Logger LOG = LoggerFactory.getLogger(JettyServerFactory.class);

  /** Most bytes of request line and headers: room for a cursor of 4 KiB and a token. */
  static final int REQUEST_HEADER_BYTES = 16 << 10;

  private static final int RESPONSE_HEADER_BYTES = 8 << 10;

  /** What is written at once; WebSocket frames up to a quarter of it are batched. */
  private static final int OUTPUT_BUFFER_BYTES = 32 << 10;

  private static final int ACCEPT_QUEUE = 4_096;
  private static final int STREAMS_PER_CONNECTION = 128;
  private static final int OPERATOR_THREADS = 16;
  private static final int SPARE_THREADS = 4;

  private JettyServerFactory() {}

  /** The server of the public port. */
  static Server publicServer(HttpConfig config, Handler handler) {
    Server server = build("edge-http", config.threads(), config, handler);
    if (config.acceptRate() > 0) {
      server.addBean(
          new AcceptRateLimit(config.acceptRate(), 1, TimeUnit.SECONDS, server.getConnectors()));
    }
    return server;
  }

  /** The server of the operator port. */
  static Server operatorServer(HttpConfig config, Handler handler) {
    return build("edge-operator", OPERATOR_THREADS, config, handler);
  }

  private static Server build(String name, int threads, HttpConfig config, Handler handler) {
    QueuedThreadPool pool = new QueuedThreadPool(threads, Math.min(SPARE_THREADS, threads));
    pool.setName(name);
    Server server = new Server(pool);
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
    // One acceptor, one selector: what a connection needs of them is little.
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(http), h2c);
    connector.setIdleTimeout(config.idleTimeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    server.setErrorHandler(new ProblemErrorHandler());
    server.setHandler(handler);
    server.setStopTimeout(0); // whoever stops the server has ended its streams before
    return server;
  }

  /**
   * Binds the server's port.
   *
   * @throws SettingException when it cannot be bound, or must not be bound in plain text
   */
  static void open(
      Server server,
      Setting<String> hostSetting,
      String host,
      Setting<Integer> portSetting,
      int port,
      boolean plaintext) {
    requireLoopbackOrConsent(hostSetting, host, plaintext);
    ServerConnector connector = (ServerConnector) server.getConnectors()[0];
    connector.setHost(host);
    connector.setPort(port);
    try {
      connector.open();
    } catch (IOException e) {
      throw new SettingException(
          "%s: port %d on %s cannot be bound (%s): stop what listens there, or choose another (%s)"
              .formatted(portSetting.key(), port, host, rootMessage(e), portSetting.flagName()),
          e);
    }
  }

  /** Stops it; what fails on the way is logged, there is nothing to be done about it. */
  static void stop(Server server) {
    try {
      server.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn("stopping {} failed", server.getThreadPool(), e);
    }
  }

  static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private static void requireLoopbackOrConsent(
      Setting<String> setting, String host, boolean plaintext) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new SettingException(
          "%s: the address %s is not known (%s)".formatted(setting.key(), host, setting.flagName()),
          e);
    }
    if (!plaintext && !address.isLoopbackAddress()) {
      throw new SettingException(
          "%s: %s is not a loopback address, and this server speaks plain text: put a TLS proxy in"
                  .formatted(setting.key(), host)
              + " front and set %s=true".formatted(HttpConfig.PLAINTEXT.key()));
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return String.valueOf(root.getMessage());
  }
}
