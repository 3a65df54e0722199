package dev.tailrace.edge.http;

import dev.tailrace.support.operator.OperatorAccess;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets those in who bring the operator port's token, and probes; pages of other origins never, the
 * console's WebSocket included. To the console it lets everybody in but those pages: who may look
 * there, and act, is the console's to say.
 *
 * <p>Threading: immutable; any of Jetty's threads.
 */
final class OperatorGuard extends Handler.Wrapper {
  private final OperatorAccess access;

  OperatorGuard(OperatorAccess access, Handler handler) {
    super(handler);
    this.access = access;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String refusal =
        access.refusal(authority(request), request.getHeaders().get(HttpHeader.ORIGIN));
    if (refusal != null) {
      ProblemResponse.of(HttpStatus.FORBIDDEN_403, "forbidden", refusal).send(response, callback);
      return true;
    }
    String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    String path = Request.getPathInContext(request);
    if (OperatorServer.isConsole(path) || access.admits(path, authorization)) {
      return super.handle(request, response, callback);
    }
    ProblemResponse.of(
            HttpStatus.UNAUTHORIZED_401,
            "unauthorized",
            "this page asks for the operator's token (Authorization: Bearer)")
        .withHeader(HttpHeader.WWW_AUTHENTICATE, OperatorAccess.CHALLENGE)
        .send(response, callback);
    return true;
  }

  private static String authority(Request request) {
    String host = request.getHeaders().get(HttpHeader.HOST);
    return Objects.requireNonNullElse(
        host == null ? request.getHttpURI().getAuthority() : host, "");
  }
}
