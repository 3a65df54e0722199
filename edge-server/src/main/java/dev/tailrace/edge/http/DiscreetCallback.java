package dev.tailrace.edge.http;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs and answers a request's failure, and keeps Jetty from doing it: Jetty would write down the
 * whole URI, and a token may be in its query. A client that went away is no failure of ours.
 *
 * <p>Threading: as the callback it wraps.
 */
final class DiscreetCallback extends Callback.Nested {
  private static final Logger LOG = LoggerFactory.getLogger(DiscreetCallback.class);

  private final Response response;
  private final String method;
  private final String path;

  DiscreetCallback(Callback callback, Response response, String method, String path) {
    super(callback);
    this.response = response;
    this.method = method;
    this.path = path;
  }

  @Override
  public void failed(Throwable failure) {
    if (failure instanceof QuietException) {
      super.failed(failure);
    } else if (failure instanceof IOException || failure instanceof TimeoutException) {
      LOG.debug("{} {} ended early", plain(method), plain(path), failure);
      quiet(failure);
    } else {
      LOG.error("{} {} failed", plain(method), plain(path), failure);
      if (response.isCommitted()) {
        quiet(failure);
      } else {
        // Not left to Jetty, which would take back what the response says about origins.
        ProblemResponse.internal().send(response, Callback.from(this::succeeded, this::quiet));
      }
    }
  }

  /** What a client sent, for a line of the log. */
  private static String plain(String sent) {
    return sent.replaceAll("[^ -~]", "?");
  }

  private void quiet(Throwable failure) {
    super.failed(
        failure instanceof QuietException ? failure : new QuietException.RuntimeException(failure));
  }
}
