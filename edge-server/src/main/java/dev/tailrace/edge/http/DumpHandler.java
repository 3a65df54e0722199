package dev.tailrace.edge.http;

import dev.tailrace.edge.health.ComponentDump;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /dump}: the state of every part as text. Jetty's own dump is not in it: it shows the
 * requests in flight, and tokens with them.
 *
 * <p>Threading: any of Jetty's threads.
 */
final class DumpHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(DumpHandler.class);

  private final List<ComponentDump> components;

  /**
   * Of these.
   *
   * @param components looked at anew at each request: parts join while the edge starts
   */
  DumpHandler(List<ComponentDump> components) {
    this.components = components;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    StringBuilder text = new StringBuilder();
    for (ComponentDump component : components) {
      text.append("== ").append(component.name()).append('\n');
      try {
        component.appendTo(text);
      } catch (RuntimeException e) {
        // One part that cannot tell must not hide the others: a dump is for when things are bad.
        LOG.warn("{} could not be dumped", component.name(), e);
        text.append("could not be dumped: ").append(e).append('\n');
      }
      text.append('\n');
    }
    WholeResponse.send(
        response,
        "text/plain; charset=utf-8",
        text.toString().getBytes(StandardCharsets.UTF_8),
        callback);
    return true;
  }
}
