package dev.tailrace.edge.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Holds an answer back until the request's body has been read, whatever the answer is and whoever
 * gives it. An earlier one could be lost: the rest of the body is refused by a reset, of the stream
 * on HTTP/2 and of the connection on HTTP/1, and most clients then throw away what they have of the
 * answer (RFC 9112, section 9.6).
 *
 * <p>What is read only for that is bounded, in bytes and by the time that a body has. Beyond the
 * bounds the answer is given, and may be lost.
 *
 * <p>Threading: as the handler it wraps; holds no thread while it waits.
 */
final class AnswerAfterBody extends Handler.Wrapper {
  /** Several times the longest body that is taken by default. */
  private static final long MAX_DISCARDED_BYTES = 8 << 20;

  private final Duration timeout;
  private final LongAdder overdue = new LongAdder();

  /**
   * In front of this handler.
   *
   * @param timeout how long a body may take; zero for ever
   */
  AnswerAfterBody(Duration timeout, Handler handler) {
    super(handler);
    this.timeout = timeout;
  }

  /** How many bodies were not there in their time; any thread. */
  long overdue() {
    return overdue.sum();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!mayHaveBody(request)) {
      return super.handle(request, response, callback);
    }
    Content.Chunk first = null;
    if (!isHttp1(request)) { // its head does not say whether there is one
      first = request.read();
      if (first != null && first.isLast() && !first.hasRemaining() && !isFailure(first)) {
        return super.handle(request, response, callback);
      }
    }
    RequestBody body = new RequestBody(request, first, timeout, overdue::increment);
    if (HttpMethod.POST.is(request.getMethod())) {
      return super.handle(body, new HeldResponse(body, response), new HeldCallback(body, callback));
    }
    body.discard(MAX_DISCARDED_BYTES, () -> handleLater(body, response, callback));
    return true;
  }

  /** What is no POST has no use for a body; it may be held for long, and answered by an agent. */
  private void handleLater(RequestBody body, Response response, Callback callback) {
    try {
      if (body.isGivenUp()) {
        refuse(body, response).send(response, callback);
      } else if (!super.handle(body, response, callback)) {
        Routes.notFound().send(response, callback);
      }
    } catch (Exception e) {
      callback.failed(e);
    }
  }

  private static ProblemResponse refuse(RequestBody body, Response response) {
    if (isHttp1(body)) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    return ProblemResponse.of(
        HttpStatus.PAYLOAD_TOO_LARGE_413,
        "body_too_large",
        "this method takes no body, and no more than %,d bytes of one are passed over"
            .formatted(MAX_DISCARDED_BYTES));
  }

  private static boolean mayHaveBody(Request request) {
    if (HttpMethod.CONNECT.is(request.getMethod())) {
      return false; // what comes after it is no body
    }
    return !isHttp1(request)
        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
        || request.getLength() > 0;
  }

  private static boolean isHttp1(Request request) {
    return request.getConnectionMetaData().getHttpVersion().getVersion()
        <= HttpVersion.HTTP_1_1.getVersion();
  }

  private static boolean isFailure(Content.Chunk chunk) {
    return Content.Chunk.isFailure(chunk);
  }

  /** Writes nothing before the body has been read. */
  private static final class HeldResponse extends Response.Wrapper {
    private final RequestBody body;
    private boolean let;

    private HeldResponse(RequestBody body, Response response) {
      super(body, response);
      this.body = body;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer bytes, Callback callback) {
      if (let) {
        super.write(last, bytes, callback);
        return;
      }
      let = true;
      body.discard(
          MAX_DISCARDED_BYTES,
          () -> {
            if (!body.isWhole() && isHttp1(body)) {
              // When the time was over Jetty still waits for more, and closes at once: who goes on
              // sending may lose the answer. Else it ends its side, and reads on for a while.
              getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            super.write(last, bytes, callback);
          });
    }
  }

  /** The same for an answer of which nothing was written. */
  private static final class HeldCallback extends Callback.Nested {
    private final RequestBody body;

    private HeldCallback(RequestBody body, Callback callback) {
      super(callback);
      this.body = body;
    }

    @Override
    public void succeeded() {
      body.discard(MAX_DISCARDED_BYTES, super::succeeded);
    }

    @Override
    public void failed(Throwable failure) {
      body.giveUp();
      super.failed(failure);
    }
  }
}
