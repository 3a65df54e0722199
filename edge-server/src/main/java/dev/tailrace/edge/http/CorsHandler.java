package dev.tailrace.edge.http;

import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Decides which browser origins get in. One that is let in is named back exactly, and with
 * credentials only where tokens may come in a cookie. One that is not gets 403, for WebSockets too,
 * to which CORS itself does not apply. A request without {@code Origin} is no browser, and the
 * edge's own origin needs no permission.
 *
 * <p>Threading: immutable; any of Jetty's threads.
 */
final class CorsHandler extends Handler.Wrapper {
  private static final String ALLOW_HEADERS =
      "Last-Event-ID, Authorization, Cache-Control, Content-Type, Traceparent, Tracestate";
  private static final String ALLOW_METHODS = "GET, POST";
  private static final String MAX_AGE_SECONDS = "600";

  private final boolean everyOrigin;
  private final Set<String> origins;
  private final boolean credentials;

  /**
   * In front of this handler.
   *
   * @param credentials whether browsers may send cookies along, from the origins that are listed
   */
  CorsHandler(List<String> origins, boolean credentials, Handler handler) {
    super(handler);
    this.credentials = credentials;
    this.everyOrigin = origins.contains("*");
    this.origins = Set.copyOf(origins);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().add(HttpHeader.VARY, HttpHeader.ORIGIN.asString());
    if (credentials) {
      response.getHeaders().add(HttpHeader.VARY, HttpHeader.COOKIE.asString());
    }
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin == null || isSameOrigin(origin, request)) {
      return super.handle(request, response, callback);
    }
    if (!everyOrigin && !origins.contains(origin)) {
      ProblemResponse.of(
              HttpStatus.FORBIDDEN_403,
              "origin_not_allowed",
              "this browser origin is not in " + HttpConfig.CORS_ORIGINS.key())
          .send(response, callback);
      return true;
    }
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if (credentials && origins.contains(origin)) {
      headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    if (isPreflight(request)) {
      headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, ALLOW_METHODS);
      headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS);
      headers.put(HttpHeader.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
      response.setStatus(HttpStatus.NO_CONTENT_204);
      callback.succeeded();
      return true;
    }
    headers.put(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, HttpHeader.RETRY_AFTER.asString());
    return super.handle(request, response, callback);
  }

  private static boolean isPreflight(Request request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeaders().contains(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** By host and port: a proxy that ends TLS changes the scheme. */
  private static boolean isSameOrigin(String origin, Request request) {
    int authority = origin.indexOf("://");
    String host = request.getHeaders().get(HttpHeader.HOST);
    if (host == null && request.getHttpURI().getAuthority() != null) {
      host = request.getHttpURI().getAuthority();
    }
    return authority > 0 && origin.substring(authority + 3).equalsIgnoreCase(host);
  }
}
