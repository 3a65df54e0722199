package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/events/token?stream=…}: gives an open event stream the token that this request
 * brings. It must be of the stream's user. What it grants holds from then on, and the stream lasts
 * as long as it does.
 *
 * <p>Threading: Jetty's threads; never blocks.
 */
public final class StreamTokenHandler extends Handler.Abstract.NonBlocking {
  /** The query parameter that names a stream. */
  static final String STREAM = "stream";

  private final SubscribeRules rules;
  private final OpenStreams streams;

  /** For these streams. */
  public StreamTokenHandler(SubscribeRules rules, OpenStreams streams) {
    this.rules = rules;
    this.streams = streams;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      refresh(request);
      response.setStatus(HttpStatus.NO_CONTENT_204);
      callback.succeeded();
    } catch (RefusedException e) {
      e.problem().send(response, callback);
    }
    return true;
  }

  private void refresh(Request request) throws RefusedException {
    String name = SubscribeRules.text(Request.extractQueryParameters(request), STREAM);
    if (!OpenStreams.isName(name)) {
      throw badName();
    }
    Subscriber refreshed = rules.refreshed(request);
    OpenStreams.@Nullable Key key = OpenStreams.Key.of(refreshed.user(), name);
    if (key == null || !streams.refresh(key, refreshed)) {
      throw new RefusedException(
          ProblemResponse.of(
              HttpStatus.NOT_FOUND_404,
              "no_such_stream",
              "this edge holds no stream of this user by that name: open it again, with the new"
                  + " token and the last cursor"));
    }
  }

  /** Of a name that is none, or nobody's. */
  static RefusedException badName() {
    return new RefusedException(
        ProblemResponse.of(
            HttpStatus.BAD_REQUEST_400,
            "bad_stream",
            "stream is " + OpenStreams.RULE + ", and for tokens that have a sub"));
  }
}
