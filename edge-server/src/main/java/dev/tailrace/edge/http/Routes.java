package dev.tailrace.edge.http;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of exact paths, each with its methods and its handler. A path that is not in it goes to
 * the fallback, and is 404 when that does not take it; another method is 405. A query that cannot
 * be decoded never reaches a handler, and what a handler throws becomes a problem document.
 *
 * <p>Threading: immutable once built; any of Jetty's threads.
 */
public final class Routes extends Handler.Sequence {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private record Route(Set<String> methods, Handler handler) {}

  private final Map<String, Route> table;
  private final @Nullable Handler fallback;

  private Routes(Map<String, Route> table, @Nullable Handler fallback, List<Handler> handlers) {
    super(handlers);
    this.table = Map.copyOf(table);
    this.fallback = fallback;
  }

  /** An empty table. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects a table's rows. */
  public static final class Builder {
    private final Map<String, Route> table = new LinkedHashMap<>();
    private final Set<Handler> handlers = new LinkedHashSet<>();
    private @Nullable Handler fallback;

    private Builder() {}

    /** This path, for these methods. */
    public Builder route(String path, Handler handler, String... methods) {
      Set<String> allowed = new LinkedHashSet<>(List.of(methods));
      allowed.add("OPTIONS");
      if (table.put(path, new Route(allowed, handler)) != null) {
        throw new IllegalArgumentException("two routes for " + path);
      }
      handlers.add(handler);
      return this;
    }

    /** Whatever is in no row; it may decline. */
    public Builder fallback(Handler handler) {
      fallback = handler;
      handlers.add(handler);
      return this;
    }

    /** The table. */
    public Routes build() {
      return new Routes(table, fallback, List.copyOf(handlers));
    }
  }

  static ProblemResponse notFound() {
    return ProblemResponse.of(HttpStatus.NOT_FOUND_404, "no_such_path", "there is nothing here");
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    Route route = table.get(path);
    Handler handler = route == null ? fallback : route.handler();
    if (handler == null) {
      notFound().send(response, callback);
      return true;
    }
    if (route != null && !route.methods().contains(request.getMethod())) {
      ProblemResponse.of(
              HttpStatus.METHOD_NOT_ALLOWED_405,
              "method_not_allowed",
              "this path takes " + String.join(", ", route.methods()))
          .withHeader(HttpHeader.ALLOW, String.join(", ", route.methods()))
          .send(response, callback);
      return true;
    }
    if (route != null && request.getMethod().equals("OPTIONS")) {
      response.setStatus(HttpStatus.NO_CONTENT_204);
      response.getHeaders().put(HttpHeader.ALLOW, String.join(", ", route.methods()));
      callback.succeeded();
      return true;
    }
    if (!hasReadableQuery(request)) {
      ProblemResponse.of(
              HttpStatus.BAD_REQUEST_400, "bad_query", "the query is not URL-encoded UTF-8")
          .send(response, callback);
      return true;
    }
    dispatch(handler, path, request, response, callback);
    return true;
  }

  private static void dispatch(
      Handler handler, String path, Request request, Response response, Callback callback) {
    Callback discreet = new DiscreetCallback(callback, response, request.getMethod(), path);
    try {
      if (!handler.handle(request, response, discreet)) {
        notFound().send(response, discreet);
      }
    } catch (Throwable e) {
      discreet.failed(e);
    }
  }

  private static boolean hasReadableQuery(Request request) {
    try {
      Request.extractQueryParameters(request);
      return true;
    } catch (RuntimeException e) {
      LOG.debug("a query that cannot be decoded", e);
      return false;
    }
  }
}
