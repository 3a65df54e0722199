package dev.tailrace.edge.http;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.publish.InFlightBudget;
import dev.tailrace.edge.publish.MalformedPublishException;
import dev.tailrace.edge.publish.PublishForm;
import dev.tailrace.edge.publish.PublishRequestParser;
import dev.tailrace.edge.publish.PublishResult;
import dev.tailrace.edge.publish.PublishTrace;
import dev.tailrace.schemas.EventBytes;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.support.tracing.TraceParent;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code POST /v1/publish}: an event as JSON ({@link PublishRequestParser}) or as Protobuf bytes.
 * Answers 200 with the event's id when Kafka has acknowledged it, and not before.
 *
 * <p>To publish on a channel takes a publish grant for its name; to publish to a user, one for
 * {@code $user/<id>}.
 *
 * <p>Threading: any of Jetty's threads; holds none while the body or Kafka is waited for.
 */
public final class PublishHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(PublishHandler.class);
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/x-protobuf";

  /** What a body may have besides its data: a thousand addresses and all labels. */
  private static final int BODY_SLACK_BYTES = 512 << 10;

  private final RequestAuthenticator authenticator;
  private final EventPublisher publisher;
  private final int bodyLimit;
  private final InFlightBudget bodies;

  /**
   * Publishes through this publisher.
   *
   * @param bodyBytes most bytes of all bodies that are being received
   */
  public PublishHandler(
      RequestAuthenticator authenticator,
      EventPublisher publisher,
      EventLimits limits,
      long bodyBytes) {
    this.authenticator = authenticator;
    this.publisher = publisher;
    this.bodyLimit = limits.maxDataBytes() / 3 * 4 + BODY_SLACK_BYTES; // data as base64
    this.bodies = new InFlightBudget(Integer.MAX_VALUE, bodyBytes);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (authenticator.authenticate(request)) {
      case Refused refused -> ProblemResponse.of(refused).send(response, callback);
      case Verified(Identity identity) -> {
        String mediaType = mediaType(request);
        if (identity.publish().isNone()) { // no room is made for what he sends
          ProblemResponse.of(
                  HttpStatus.FORBIDDEN_403, "not_granted", "the token grants no publishing")
              .send(response, callback);
        } else if (mediaType.equals(JSON) || mediaType.equals(PROTOBUF)) {
          Exchange exchange =
              new Exchange(request, response, callback, identity, mediaType.equals(PROTOBUF));
          BodyReader.read(request, bodyLimit, bodies, exchange::onBody);
        } else {
          ProblemResponse.of(
                  HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                  "unsupported_media_type",
                  "the body is to be %s in UTF-8 or %s, not encoded".formatted(JSON, PROTOBUF))
              .withHeader(HttpHeader.ACCEPT, JSON + ", " + PROTOBUF)
              .send(response, callback);
        }
      }
    }
    return true;
  }

  /** That of the body; empty when it is compressed, or JSON in anything but UTF-8. */
  private static String mediaType(Request request) {
    String value = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    if (value == null || request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
      return "";
    }
    String[] parts = value.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
        return "";
      }
    }
    return parts[0].trim();
  }

  /** One request being answered. */
  private final class Exchange {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Identity identity;
    private final boolean protobuf;

    Exchange(
        Request request,
        Response response,
        Callback callback,
        Identity identity,
        boolean protobuf) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.identity = identity;
      this.protobuf = protobuf;
    }

    void onBody(BodyReader.Body body) {
      answering(() -> take(body));
    }

    /**
     * Nobody above would see what is thrown here: the request would stay open without an answer.
     */
    private void answering(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        callback.failed(e);
      }
    }

    private void take(BodyReader.Body body) {
      switch (body) {
        case BodyReader.Body.Whole(ByteString bytes) -> publish(bytes);
        case BodyReader.Body.TooLarge() ->
            send(
                ProblemResponse.of(
                        HttpStatus.PAYLOAD_TOO_LARGE_413,
                        "body_too_large",
                        "the body has more than %,d bytes".formatted(bodyLimit))
                    .with("limit", bodyLimit));
        case BodyReader.Body.NoRoom() ->
            send(
                ProblemResponse.of(
                        HttpStatus.SERVICE_UNAVAILABLE_503,
                        "busy",
                        "too many events are being received: this one was not written")
                    .withRetryAfter(Duration.ofSeconds(1)));
        case BodyReader.Body.Overdue() ->
            send(
                ProblemResponse.of(
                    HttpStatus.REQUEST_TIMEOUT_408,
                    "request_timeout",
                    "the body was not there in its time: nothing was written"));
        case BodyReader.Body.Broken(Throwable failure) -> callback.failed(failure);
      }
    }

    private void publish(ByteString body) {
      Event.Builder event;
      try {
        event =
            protobuf
                ? EventBytes.parse(body)
                : PublishRequestParser.parse(body.toByteArray(), PublishForm.REQUEST).event();
      } catch (MalformedPublishException e) {
        send(ProblemResponse.of(HttpStatus.BAD_REQUEST_400, "malformed", e.detail()));
        return;
      } catch (InvalidProtocolBufferException e) {
        LOG.debug("a body that is no Event", e);
        send(
            ProblemResponse.of(
                HttpStatus.BAD_REQUEST_400, "malformed", "the body is not a tailrace.v1.Event"));
        return;
      }
      // Kafka's thread has other things to do than to write responses.
      publisher
          .offer(identity, event, trace())
          .whenCompleteAsync(
              (result, failure) -> {
                if (failure == null) {
                  answering(() -> onResult(result));
                } else {
                  callback.failed(failure);
                }
              },
              request.getComponents().getExecutor());
    }

    private PublishTrace trace() {
      HttpFields headers = request.getHeaders();
      return PublishTrace.of(
          headers.getValuesList(TraceParent.HEADER),
          headers.getValuesList(TraceParent.STATE_HEADER));
    }

    private void onResult(PublishResult result) {
      switch (result) {
        case PublishResult.Acknowledged acknowledged -> {
          byte[] json = JsonMapper.shared().writeValueAsBytes(Map.of("id", acknowledged.id()));
          WholeResponse.send(response, JSON, json, callback);
        }
        case PublishResult.Invalid(DeadLetter.Reason reason, String detail) ->
            send(
                ProblemResponse.of(
                    reason == DeadLetter.Reason.REASON_DATA_TOO_LARGE
                        ? HttpStatus.PAYLOAD_TOO_LARGE_413
                        : HttpStatus.BAD_REQUEST_400,
                    reason.name().replace("REASON_", "").toLowerCase(Locale.ROOT),
                    detail));
        case PublishResult.Forbidden(String name) ->
            send(
                ProblemResponse.of(
                        HttpStatus.FORBIDDEN_403,
                        "not_granted",
                        "the token has no publish grant for %s".formatted(name))
                    .with("channel", name));
        case PublishResult.Revoked() -> send(ProblemResponse.of(Refused.REVOKED));
        case PublishResult.Refused refused -> send(unavailable(refused));
      }
    }

    private static ProblemResponse unavailable(PublishResult.Refused refused) {
      int status =
          switch (refused.reason()) {
            case TOO_LARGE -> HttpStatus.PAYLOAD_TOO_LARGE_413;
            case RATE_LIMITED -> HttpStatus.TOO_MANY_REQUESTS_429;
            case BUSY, TIMEOUT, KAFKA, STOPPING -> HttpStatus.SERVICE_UNAVAILABLE_503;
          };
      ProblemResponse problem =
          ProblemResponse.of(status, refused.reason().code(), refused.detail());
      return refused.reason() == PublishResult.RefusalReason.TOO_LARGE
          ? problem
          : problem.withRetryAfter(refused.retryAfter());
    }

    private void send(ProblemResponse problem) {
      problem.send(response, callback);
    }
  }
}
