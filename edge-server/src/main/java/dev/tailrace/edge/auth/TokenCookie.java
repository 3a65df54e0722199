package dev.tailrace.edge.auth;

import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that a token may come in. Browsers send cookies along whoever asks, so it counts only
 * when one of these origins does, or the edge's own page by a GET, for which browsers name no
 * origin. When there are two of its name, one of them may be from elsewhere: neither counts.
 *
 * <p>Threading: immutable.
 */
final class TokenCookie {
  private static final String FETCH_SITE = "Sec-Fetch-Site";
  private static final String SAME_ORIGIN = "same-origin";

  private final String name;
  private final Set<String> origins;

  TokenCookie(String name, List<String> origins) {
    this.name = name;
    this.origins = Set.copyOf(origins);
  }

  /** The token in a request's cookie; null when there is none that counts. */
  @Nullable String of(Request request) {
    if (!isAllowed(request)) {
      return null;
    }
    List<HttpCookie> cookies =
        Request.getCookies(request).stream().filter(c -> c.getName().equals(name)).toList();
    return cookies.size() == 1 ? cookies.getFirst().getValue() : null;
  }

  private boolean isAllowed(Request request) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null) {
      return origins.contains(origin);
    }
    return request.getMethod().equals("GET")
        && SAME_ORIGIN.equals(request.getHeaders().get(FETCH_SITE));
  }
}
