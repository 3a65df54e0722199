package dev.tailrace.edge;

import com.sun.net.httpserver.HttpServer;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.support.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Stand-in. */
public final class EdgeServer implements AutoCloseable {
  private final HttpServer http;

  private EdgeServer(HttpServer http) {
    this.http = http;
  }

  /** Stand-in. */
  public static EdgeServer start(Settings settings) {
    try {
      HttpServer http =
          HttpServer.create(
              new InetSocketAddress("127.0.0.1", settings.get(EdgeConfig.OPERATOR_PORT)), 0);
      http.createContext(
          "/readyz",
          exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      http.start();
      return new EdgeServer(http);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
