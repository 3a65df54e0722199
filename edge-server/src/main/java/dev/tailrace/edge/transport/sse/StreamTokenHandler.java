package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.transport.SubscribeRules;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/events/token?stream=…}: gives an open event stream the token that this request
 * brings. It must be of the stream's user. What it grants holds from then on, as if the stream had
 * been opened with it, and the stream lasts as long as it does.
 *
 * <p>Threading: Jetty's threads; never blocks.
 */
public final class StreamTokenHandler extends Handler.Abstract.NonBlocking {
  /** The query parameter that names a stream. */
  static final String STREAM = "stream";

  private final RequestAuthenticator authenticator;
  private final OpenStreams streams;

  /** For these streams. */
  public StreamTokenHandler(RequestAuthenticator authenticator, OpenStreams streams) {
    this.authenticator = authenticator;
    this.streams = streams;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String name = SubscribeRules.text(Request.extractQueryParameters(request), STREAM);
    ProblemResponse refusal =
        OpenStreams.isName(name)
            ? switch (authenticator.authenticate(request)) {
              case Verification.Refused refused -> ProblemResponse.of(refused);
              case Verification.Verified(Identity identity) -> refresh(name, identity);
            }
            : badName();
    if (refusal == null) {
      response.setStatus(HttpStatus.NO_CONTENT_204);
      callback.succeeded();
    } else {
      refusal.send(response, callback);
    }
    return true;
  }

  private @Nullable ProblemResponse refresh(String name, Identity identity) {
    if (authenticator.isAnonymous(identity)) {
      return ProblemResponse.of(
          new Verification.Refused(AuthFailure.MISSING, "no token that the stream could be given"));
    }
    OpenStreams.Key key = OpenStreams.Key.of(identity, name);
    if (streams.refresh(key, SubscribeRules.subscriber(identity))) {
      return null;
    }
    return ProblemResponse.of(
        HttpStatus.NOT_FOUND_404,
        "no_such_stream",
        "this edge holds no stream of this user by that name: open it again, with the new token and"
            + " the last cursor");
  }

  /** The answer to a name that is none. */
  static ProblemResponse badName() {
    return ProblemResponse.of(
        HttpStatus.BAD_REQUEST_400, "bad_stream", "stream is " + OpenStreams.RULE);
  }
}
