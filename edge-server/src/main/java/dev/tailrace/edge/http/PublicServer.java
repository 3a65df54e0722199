package dev.tailrace.edge.http;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Server;

/**
 * The public port: {@link Routes} behind the check of browser origins, and answers that wait for
 * their request's body.
 *
 * <p>Threading: started and closed by one thread; {@link #port} from any.
 */
public final class PublicServer implements AutoCloseable {
  private final HttpConfig config;
  private final AnswerAfterBody bodies;
  private final Server server;

  /**
   * Not listening yet.
   *
   * @throws dev.tailrace.support.config.SettingException when its certificate cannot be used
   */
  public PublicServer(HttpConfig config, Routes routes) {
    this.config = config;
    this.bodies =
        new AnswerAfterBody(
            config.bodyTimeout(),
            new CorsHandler(config.corsOrigins(), config.credentials(), routes));
    this.server =
        JettyServerFactory.publicServer(config, new SecurityHeaders(config.tls().isOn(), bodies));
  }

  /**
   * Binds the port and serves.
   *
   * @throws dev.tailrace.support.config.SettingException when the port cannot be bound
   */
  public void start() throws Exception {
    JettyServerFactory.open(
        server,
        HttpConfig.HOST,
        config.host(),
        HttpConfig.PORT,
        config.port(),
        config.plaintext() || config.tls().isOn());
    server.start();
  }

  /** The port it is bound to: the one that was free when 0 was asked for. */
  public int port() {
    return JettyServerFactory.port(server);
  }

  /** Until when its certificate holds, whenever that is asked; empty when it speaks plain text. */
  public Optional<Supplier<Instant>> certificateExpiry() {
    return Optional.ofNullable(server.getBean(TlsCertificate.class))
        .map(certificate -> certificate::expiresAt);
  }

  /** How many were cut that did not bring to its end what they had begun. */
  public long cutAsOverdue() {
    RequestDeadline deadline = server.getConnectors()[0].getBean(RequestDeadline.class);
    return bodies.overdue() + (deadline == null ? 0 : deadline.cut());
  }

  /** Stops listening, and cuts the connections that are left. */
  @Override
  public void close() {
    JettyServerFactory.stop(server);
  }
}
