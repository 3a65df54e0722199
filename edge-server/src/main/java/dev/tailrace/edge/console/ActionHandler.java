package dev.tailrace.edge.console;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.desk.KafkaAwayException;
import dev.tailrace.edge.desk.OperatorActions;
import dev.tailrace.edge.desk.OperatorDesk;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.edge.http.BodyReader;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.publish.InFlightBudget;
import dev.tailrace.schemas.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what is asked by a {@code POST} of the console, and writes who asked for what, and what came
 * of it, to the log.
 *
 * <p>Threading: any of Jetty's threads; none waits for the body or for Kafka.
 */
final class ActionHandler extends Handler.Abstract.NonBlocking {
  private static final Logger LOG = LoggerFactory.getLogger(ActionHandler.class);
  private static final int MOST_BYTES = 16 << 10;
  private static final int LONGEST_LINE = 1_000;

  private final Action action;
  private final DeskCalls calls;
  private final Supplier<OperatorDesk> desk;
  private final InFlightBudget bodies;

  /**
   * Of one action.
   *
   * @param desk throws {@link RefusedException} while there is none
   * @param bodies bounds those that are being received
   */
  ActionHandler(
      Action action, DeskCalls calls, Supplier<OperatorDesk> desk, InFlightBudget bodies) {
    this.action = action;
    this.calls = calls;
    this.desk = desk;
    this.bodies = bodies;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    BodyReader.read(
        request,
        MOST_BYTES,
        bodies,
        body -> {
          try {
            onBody(body, request, response, callback);
          } catch (RuntimeException e) {
            callback.failed(e);
          }
        });
    return true;
  }

  private void onBody(BodyReader.Body body, Request request, Response response, Callback callback) {
    switch (body) {
      case BodyReader.Body.Whole(ByteString bytes) -> {
        try {
          byte[] json = bytes.toByteArray();
          Function<OperatorActions, String> asked = action.read(json);
          OperatorActions actions = desk.get().actions();
          String who = Request.getRemoteAddr(request);
          calls.answer(
              request, response, callback, () -> Map.of("done", act(asked, actions, who, json)));
        } catch (RefusedException e) {
          ProblemResponse.of(e.status(), e.code(), String.valueOf(e.getMessage()))
              .send(response, callback);
        }
      }
      case BodyReader.Body.TooLarge() ->
          ProblemResponse.of(
                  HttpStatus.PAYLOAD_TOO_LARGE_413,
                  "body_too_large",
                  "the body has more than %,d bytes".formatted(MOST_BYTES))
              .send(response, callback);
      case BodyReader.Body.NoRoom() ->
          ProblemResponse.of(
                  HttpStatus.SERVICE_UNAVAILABLE_503, "busy", "too much is being received")
              .send(response, callback);
      case BodyReader.Body.Overdue() ->
          ProblemResponse.of(
                  HttpStatus.REQUEST_TIMEOUT_408,
                  "request_timeout",
                  "the body was not there in its time: nothing was done")
              .send(response, callback);
      case BodyReader.Body.Broken(Throwable failure) -> callback.failed(failure);
    }
  }

  private String act(
      Function<OperatorActions, String> asked, OperatorActions actions, String who, byte[] json) {
    String what = Printable.of(new String(json, StandardCharsets.UTF_8), LONGEST_LINE);
    try {
      String done = asked.apply(actions);
      LOG.info(
          "console: {} asked to {} {}: {}",
          who,
          action.path(),
          what,
          Printable.of(done, LONGEST_LINE));
      tidy(actions);
      return done;
    } catch (RefusedException e) {
      LOG.info("console: {} asked to {} {}: refused, {}", who, action.path(), what, e.getMessage());
      throw e;
    } catch (KafkaAwayException e) {
      LOG.warn(
          "console: {} asked to {} {}: Kafka has not acknowledged it, it may be done or not: {}",
          who,
          action.path(),
          what,
          Printable.of(String.valueOf(e.getMessage()), LONGEST_LINE));
      throw e;
    }
  }

  /** In a while, and for itself: what was asked for is done. */
  private static void tidy(OperatorActions actions) {
    Thread.ofVirtual()
        .name("edge-desk-tidy")
        .start(
            () -> {
              try {
                actions.tidy();
              } catch (KafkaAwayException | RefusedException e) {
                LOG.debug("what has expired is not cleared away, the next action tries", e);
              }
            });
  }
}
