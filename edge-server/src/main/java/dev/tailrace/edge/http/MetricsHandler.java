package dev.tailrace.edge.http;

import dev.tailrace.edge.metrics.EdgeMetrics;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code /metrics} in Prometheus' text format.
 *
 * <p>Threading: any of Jetty's threads.
 */
final class MetricsHandler extends Handler.Abstract {
  private final EdgeMetrics metrics;

  MetricsHandler(EdgeMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    WholeResponse.send(
        response,
        EdgeMetrics.SCRAPE_MEDIA_TYPE,
        metrics.scrape().getBytes(StandardCharsets.UTF_8),
        callback);
    return true;
  }
}
