package dev.tailrace.edge.http;

import dev.tailrace.edge.health.ComponentDump;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.metrics.EdgeMetrics;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;

/**
 * The operator port: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /dump}, and the
 * live feed at {@code /live}, behind the {@link OperatorGuard}.
 *
 * <p>Threading: started and closed by one thread; {@link #port} from any.
 */
public final class OperatorServer implements AutoCloseable {
  private static final String GET = "GET";
  private static final String HEAD = "HEAD";

  private final HttpConfig config;
  private final Server server;

  /**
   * Not listening yet.
   *
   * @param liveFeed handles {@code /live}
   */
  public OperatorServer(
      HttpConfig config,
      List<ReadinessCheck> checks,
      EdgeMetrics metrics,
      List<ComponentDump> dumps,
      Handler liveFeed) {
    this.config = config;
    HealthHandler health = new HealthHandler(checks);
    Routes routes =
        Routes.builder()
            .route(HealthHandler.ALIVE, health, GET, HEAD)
            .route(HealthHandler.READY, health, GET, HEAD)
            .route("/metrics", new MetricsHandler(metrics), GET, HEAD)
            .route("/dump", new DumpHandler(dumps), GET, HEAD)
            .route("/live", liveFeed, GET)
            .build();
    this.server =
        JettyServerFactory.operatorServer(config, new OperatorGuard(config.operator(), routes));
  }

  /**
   * Binds the port and serves.
   *
   * @throws dev.tailrace.support.config.SettingException when the port cannot be bound, or must not
   *     be bound without a token or consent
   */
  public void start() throws Exception {
    config.operator().requireSafe(HttpConfig.OPERATOR_HOST.key(), config.operatorHost());
    JettyServerFactory.open(
        server,
        HttpConfig.OPERATOR_HOST,
        config.operatorHost(),
        HttpConfig.OPERATOR_PORT,
        config.operatorPort(),
        true); // what it may be bound to is its own rule
    server.start();
  }

  /** The port it is bound to: the one that was free when 0 was asked for. */
  public int port() {
    return JettyServerFactory.port(server);
  }

  /** Stops listening, and cuts the connections that are left. */
  @Override
  public void close() {
    JettyServerFactory.stop(server);
  }
}
