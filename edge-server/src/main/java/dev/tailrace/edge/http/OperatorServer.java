package dev.tailrace.edge.http;

import dev.tailrace.edge.health.ComponentDump;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.metrics.EdgeMetrics;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/**
 * The operator port: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /dump}, and the
 * console, behind the {@link OperatorGuard}.
 *
 * <p>Threading: started and closed by one thread; {@link #port} from any.
 */
public final class OperatorServer implements AutoCloseable {
  private static final String CONSOLE = "/console";

  private static final String GET = "GET";
  private static final String HEAD = "HEAD";

  private final HttpConfig config;
  private final Server server;

  /**
   * Not listening yet.
   *
   * @param console handles all of {@code /console}, and says who may what there
   */
  public OperatorServer(
      HttpConfig config,
      List<ReadinessCheck> checks,
      EdgeMetrics metrics,
      List<ComponentDump> dumps,
      Handler console) {
    this.config = config;
    HealthHandler health = new HealthHandler(checks);
    Routes routes =
        Routes.builder()
            .route(HealthHandler.ALIVE, health, GET, HEAD)
            .route(HealthHandler.READY, health, GET, HEAD)
            .route("/metrics", new MetricsHandler(metrics), GET, HEAD)
            .route("/dump", new DumpHandler(dumps), GET, HEAD)
            .fallback(new Console(console))
            .build();
    this.server =
        JettyServerFactory.operatorServer(
            config,
            new AnswerAfterBody(
                config.bodyTimeout(), new OperatorGuard(config.operator(), routes)));
  }

  /** Whether a path is of the console, which asks for a token itself. */
  static boolean isConsole(String path) {
    return path.startsWith(CONSOLE)
        && (path.length() == CONSOLE.length() || path.charAt(CONSOLE.length()) == '/');
  }

  /** Hands on what is the console's, and declines the rest. */
  private static final class Console extends Handler.Wrapper {
    Console(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return isConsole(Request.getPathInContext(request))
          && super.handle(request, response, callback);
    }
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
