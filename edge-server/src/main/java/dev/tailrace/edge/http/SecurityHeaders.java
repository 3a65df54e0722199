package dev.tailrace.edge.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Puts on every answer of the public port that its media type is what it says, so that no browser
 * takes somebody's event for a script; and on the page what browsers may do with it: run its own
 * files only, in no frame, and tell nobody where they came from, since an address may hold a token.
 * Where the port speaks TLS browsers are told to ask this host in no other way for a year; its
 * subdomains are not the edge's to speak for.
 *
 * <p>Threading: immutable; any of Jetty's threads.
 */
final class SecurityHeaders extends Handler.Wrapper {
  /** Goes on every answer. */
  static final HttpField NOSNIFF = new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

  private static final HttpField CONTENT_SECURITY_POLICY =
      new PreEncodedHttpField(
          "Content-Security-Policy",
          "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none';"
              + " form-action 'none'; frame-ancestors 'none'");
  private static final HttpField NO_FRAMES = new PreEncodedHttpField("X-Frame-Options", "DENY");
  private static final HttpField NO_REFERRER =
      new PreEncodedHttpField("Referrer-Policy", "no-referrer");
  private static final HttpField OWN_WINDOW =
      new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin");

  private static final HttpField TLS_ONLY =
      new PreEncodedHttpField("Strict-Transport-Security", "max-age=31536000");

  private final boolean tls;

  /**
   * In front of this handler.
   *
   * @param tls whether the port speaks TLS itself
   */
  SecurityHeaders(boolean tls, Handler handler) {
    super(handler);
    this.tls = tls;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().put(NOSNIFF);
    if (tls) {
      response.getHeaders().put(TLS_ONLY);
    }
    return super.handle(request, response, callback);
  }

  /** Those of the page and its parts. */
  static void putOfPage(HttpFields.Mutable headers) {
    headers.put(CONTENT_SECURITY_POLICY);
    headers.put(NO_FRAMES);
    headers.put(NO_REFERRER);
    headers.put(OWN_WINDOW);
  }
}
