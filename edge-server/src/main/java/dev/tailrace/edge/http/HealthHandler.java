package dev.tailrace.edge.http;

import dev.tailrace.edge.health.Readiness;
import dev.tailrace.edge.health.ReadinessCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /healthz} is 200 for as long as the process answers; {@code /readyz} is 200 when every
 * check is in order, else 503, and tells how each of them stands. Neither asks for a token.
 *
 * <p>Threading: any of Jetty's threads that may block: a check may ask somebody else.
 */
final class HealthHandler extends Handler.Abstract {
  static final String ALIVE = "/healthz";
  static final String READY = "/readyz";

  private static final String JSON = "application/json";

  private final List<ReadinessCheck> checks;

  HealthHandler(List<ReadinessCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (Request.getPathInContext(request).equals(ALIVE)) {
      answer(response, true, Map.of("status", "alive"), callback);
      return true;
    }
    boolean ready = true;
    Map<String, Object> stands = new LinkedHashMap<>();
    for (ReadinessCheck check : checks) {
      Readiness readiness = check.check();
      ready &= readiness.ready();
      stands.put(check.name(), Map.of("ready", readiness.ready(), "reason", readiness.reason()));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("status", ready ? "ready" : "not ready");
    document.put("checks", stands);
    answer(response, ready, document, callback);
    return true;
  }

  private static void answer(
      Response response, boolean good, Map<String, Object> document, Callback callback) {
    byte[] json = JsonMapper.shared().writeValueAsBytes(document);
    response.setStatus(good ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503);
    WholeResponse.send(response, JSON, json, callback);
  }
}
