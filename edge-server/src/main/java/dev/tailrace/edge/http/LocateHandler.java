package dev.tailrace.edge.http;

import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.metrics.PlacementMetrics;
import dev.tailrace.schemas.Channels;
import dev.tailrace.support.placement.EdgeAnnouncement;
import dev.tailrace.support.placement.Located;
import dev.tailrace.support.placement.Placement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/locate}: where the token's user is best served. Asked by clients before they
 * connect; nobody is ever redirected, and whoever does not ask is served where he lands.
 *
 * <p>Threading: any of Jetty's threads.
 */
public final class LocateHandler extends Handler.Abstract.NonBlocking {
  private static final String CACHE = "private, max-age=" + Located.TTL_MS / 1_000;

  private final RequestAuthenticator authenticator;
  private final Supplier<Placement> placement;
  private final PlacementMetrics metrics;

  /** Answers from the placement of the moment. */
  public LocateHandler(
      RequestAuthenticator authenticator, Supplier<Placement> placement, PlacementMetrics metrics) {
    this.authenticator = authenticator;
    this.placement = placement;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (authenticator.authenticate(request)) {
      case Verification.Refused refused -> ProblemResponse.of(refused).send(response, callback);
      case Verification.Verified verified -> {
        String user = verified.identity().user();
        if (user == null) {
          bad("no_user", "the token has no user: there is nothing to locate")
              .send(response, callback);
        } else {
          answer(user, Request.extractQueryParameters(request), response, callback);
        }
      }
    }
    return true;
  }

  private void answer(String user, Fields query, Response response, Callback callback) {
    String asked = query.getValue("user");
    String zone = query.getValue("zone");
    ProblemResponse problem = problem(user, asked == null ? user : asked, zone == null ? "" : zone);
    if (problem != null) {
      problem.send(response, callback);
      return;
    }
    Located located = placement.get().locate(user, zone == null ? "" : zone);
    metrics.located(!located.url().isEmpty());
    byte[] body = located.json().getBytes(StandardCharsets.UTF_8);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, CACHE);
    response.getHeaders().add(HttpHeader.VARY, HttpHeader.AUTHORIZATION.asString());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  private static @Nullable ProblemResponse problem(String user, String asked, String zone) {
    if (!Channels.isName(asked)) {
      return bad("bad_user", "a user is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (!EdgeAnnouncement.isZone(zone)) {
      return bad("bad_zone", "a zone is 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (!asked.equals(user)) {
      return ProblemResponse.of(
              HttpStatus.FORBIDDEN_403, "not_granted", "the token is not that of user " + asked)
          .with("channel", "$user/" + asked);
    }
    return null;
  }

  private static ProblemResponse bad(String code, String detail) {
    return ProblemResponse.of(HttpStatus.BAD_REQUEST_400, code, detail);
  }
}
