package dev.tailrace.edge.http;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the two Jetty servers: one connector each, HTTP/1.1 and HTTP/2 on the same port, every
 * size bounded.
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
  private static final String ALPN = "alpn";
  private static final String H2 = "h2";
  private static final String HTTP_1_1 = HttpVersion.HTTP_1_1.asString();

  private JettyServerFactory() {}

  /**
   * The server of the public port.
   *
   * @throws SettingException when its certificate cannot be used
   */
  static Server publicServer(HttpConfig config, Handler handler) {
    Server server = server("edge-http", config.threads(), handler);
    HttpConfiguration http = http();
    if (!config.proxies().trusted().isEmpty()) {
      http.addCustomizer(new ForwardedAddress(config.proxies()));
    }
    List<ConnectionFactory> protocols = new ArrayList<>();
    if (config.tls().isOn()) {
      http.addCustomizer(new SecureRequestCustomizer(false));
      TlsCertificate certificate =
          new TlsCertificate(config.tls(), server.getScheduler(), server.getThreadPool());
      server.addBean(certificate);
      protocols.add(new SslConnectionFactory(certificate.context(), ALPN));
      ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory(H2, HTTP_1_1);
      alpn.setDefaultProtocol(HTTP_1_1);
      protocols.add(alpn);
      protocols.add(new HttpConnectionFactory(http));
      protocols.add(streams(new HTTP2ServerConnectionFactory(http)));
    } else {
      protocols.addAll(plain(http));
    }
    if (config.proxies().proxyProtocol()) {
      protocols.addFirst(
          new TrustedProxyConnectionFactory(config.proxies(), protocols.getFirst().getProtocol()));
    }
    ServerConnector connector = addConnector(server, config, protocols);
    if (!config.headTimeout().isZero()) {
      connector.addBean(new RequestDeadline(server.getScheduler(), config.headTimeout()));
    }
    if (config.acceptRate() > 0) {
      server.addBean(
          new AcceptRateLimit(config.acceptRate(), 1, TimeUnit.SECONDS, server.getConnectors()));
    }
    return server;
  }

  /** The server of the operator port. */
  static Server operatorServer(HttpConfig config, Handler handler) {
    Server server = server("edge-operator", OPERATOR_THREADS, handler);
    addConnector(server, config, plain(http()));
    return server;
  }

  private static Server server(String name, int threads, Handler handler) {
    QueuedThreadPool pool = new QueuedThreadPool(threads, Math.min(SPARE_THREADS, threads));
    pool.setName(name);
    Server server = new Server(pool);
    server.setErrorHandler(new ProblemErrorHandler());
    server.setHandler(handler);
    server.setStopTimeout(0); // whoever stops the server has ended its streams before
    return server;
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setSendDateHeader(true);
    http.setRequestHeaderSize(REQUEST_HEADER_BYTES);
    http.setResponseHeaderSize(RESPONSE_HEADER_BYTES);
    http.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
    http.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
    return http;
  }

  /** Cleartext, HTTP/2 when the client begins so or asks for it. */
  private static List<ConnectionFactory> plain(HttpConfiguration http) {
    return List.of(
        new HttpConnectionFactory(http), streams(new HTTP2CServerConnectionFactory(http)));
  }

  private static AbstractHTTP2ServerConnectionFactory streams(
      AbstractHTTP2ServerConnectionFactory http2) {
    http2.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
    http2.setConnectProtocolEnabled(true);
    return http2;
  }

  private static ServerConnector addConnector(
      Server server, HttpConfig config, List<ConnectionFactory> protocols) {
    // One acceptor, one selector: what a connection needs of them is little.
    ServerConnector connector =
        new ServerConnector(server, 1, 1, protocols.toArray(ConnectionFactory[]::new));
    connector.setIdleTimeout(config.idleTimeout().toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addConnector(connector);
    return connector;
  }

  /**
   * Binds the server's port.
   *
   * @param anywhere whether it may be bound to other addresses than loopback
   * @throws SettingException when it cannot be bound, or must not be bound in plain text
   */
  static void open(
      Server server,
      Setting<String> hostSetting,
      String host,
      Setting<Integer> portSetting,
      int port,
      boolean anywhere) {
    requireLoopbackOrConsent(hostSetting, host, anywhere);
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
      Setting<String> setting, String host, boolean anywhere) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new SettingException(
          "%s: the address %s is not known (%s)".formatted(setting.key(), host, setting.flagName()),
          e);
    }
    if (!anywhere && !address.isLoopbackAddress()) {
      throw new SettingException(
          ("%s: %s is not a loopback address, and this server speaks plain text: name a certificate"
                  + " (%s), or put a TLS proxy in front and set %s=true")
              .formatted(
                  setting.key(), host, TlsConfig.CERTIFICATE.key(), HttpConfig.PLAINTEXT.key()));
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
