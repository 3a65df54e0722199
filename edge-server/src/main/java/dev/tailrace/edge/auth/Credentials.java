package dev.tailrace.edge.auth;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What a request brought to prove who asks. Never to be logged.
 *
 * <p>Threading: immutable.
 *
 * @param token of {@code Authorization: Bearer}, else of the {@code access_token} parameter, else
 *     of the cookie
 * @param user of the {@code user} parameter, which only development mode looks at
 * @param otherScheme whether {@code Authorization} is there and is not Bearer
 */
public record Credentials(@Nullable String token, @Nullable String user, boolean otherScheme) {
  private static final String SCHEME = "Bearer ";

  /**
   * Those of a request.
   *
   * @param cookie null when no token comes in one
   */
  static Credentials of(Request request, @Nullable TokenCookie cookie) {
    Fields query = Request.extractQueryParameters(request);
    String user = query.getValue("user");
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header != null) {
      boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
      return new Credentials(
          bearer ? header.substring(SCHEME.length()).trim() : null, user, !bearer);
    }
    String token = query.getValue("access_token");
    return new Credentials(
        token == null && cookie != null ? cookie.of(request) : token, user, false);
  }

  /** What there is, not what it says. */
  @Override
  public String toString() {
    return "Credentials[token=%s, user=%s]".formatted(token != null, user != null);
  }
}
