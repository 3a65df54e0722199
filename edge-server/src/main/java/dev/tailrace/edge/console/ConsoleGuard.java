package dev.tailrace.edge.console;

import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.support.operator.OperatorAccess;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Lets those into the console's data who may look, and those to its actions who may act. The page
 * itself is nobody's secret, and the live feed asks by its own first message.
 *
 * <p>Threading: immutable; any of Jetty's threads.
 */
public final class ConsoleGuard extends Handler.Wrapper {
  /** Below it are data and actions. */
  static final String API = "/console/api/";

  private static final String CHALLENGE = "Bearer realm=\"console\"";
  private static final Set<String> LOOKING = Set.of("GET", "HEAD", "OPTIONS");

  private final ConsoleAccess access;

  /** Before this handler. */
  public ConsoleGuard(ConsoleAccess access, Handler handler) {
    super(handler);
    this.access = access;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    ProblemResponse refusal =
        Request.getPathInContext(request).startsWith(API) ? refusal(request) : null;
    if (refusal == null) {
      return super.handle(request, response, callback);
    }
    refusal.send(response, callback);
    return true;
  }

  private @Nullable ProblemResponse refusal(Request request) {
    String token = OperatorAccess.brought(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    if (LOOKING.contains(request.getMethod())) {
      return access.mayLook(token)
          ? null
          : unauthorized("to look at this takes operator.token or edge.console.token");
    }
    if (!access.isActing()) {
      return ProblemResponse.of(
          HttpStatus.FORBIDDEN_403,
          "actions_off",
          "nobody may act by this console: set " + ConsoleAccess.TOKEN.key());
    }
    return access.mayAct(token) ? null : unauthorized("to act takes " + ConsoleAccess.TOKEN.key());
  }

  private static ProblemResponse unauthorized(String detail) {
    return ProblemResponse.of(
            HttpStatus.UNAUTHORIZED_401, "unauthorized", detail + " (Authorization: Bearer)")
        .withHeader(HttpHeader.WWW_AUTHENTICATE, CHALLENGE);
  }
}
