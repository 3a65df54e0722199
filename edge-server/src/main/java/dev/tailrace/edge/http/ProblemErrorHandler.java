package dev.tailrace.edge.http;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Answers with a problem document what Jetty finds wrong by itself, and what a handler failed at.
 * Neither stack traces nor an exception's words leave the server.
 *
 * <p>Threading: stateless.
 */
final class ProblemErrorHandler implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // What failed in a handler has been logged by then: see DiscreetCallback.
    int status =
        request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException http
            ? http.getCode()
            : response.getStatus();
    problem(status).send(response, callback);
    return true;
  }

  private static ProblemResponse problem(int status) {
    return switch (status) {
      case HttpStatus.BAD_REQUEST_400 ->
          ProblemResponse.of(status, "bad_request", "this is not a well-formed HTTP request");
      case HttpStatus.NOT_FOUND_404 -> Routes.notFound();
      case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
          ProblemResponse.of(
              status,
              status == HttpStatus.URI_TOO_LONG_414 ? "uri_too_long" : "headers_too_large",
              "request line and headers together may have %,d bytes"
                  .formatted(JettyServerFactory.REQUEST_HEADER_BYTES));
      case HttpStatus.INTERNAL_SERVER_ERROR_500 -> ProblemResponse.internal();
      default -> ProblemResponse.of(status < 400 ? HttpStatus.INTERNAL_SERVER_ERROR_500 : status);
    };
  }
}
