package dev.tailrace.edge.transport.history;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.transport.AnswerTransport;
import dev.tailrace.edge.transport.EventStreamHeaders;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.StartRules;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Accepted;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.TurnBuffers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GET /v1/history}: what lies after a position, up to a time or the present, and no waiting.
 * Without a position it is the last events. An answer between two fixed positions never changes,
 * and may be kept.
 *
 * <p>Threading: Jetty's threads.
 */
public final class HistoryHandler extends Handler.Abstract.NonBlocking {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;

  /** An answer is given by then, with what was found. */
  private static final Duration MAX_TIME = Duration.ofSeconds(15);

  /** What is put together for an answer is held until it goes out: so many at a time. */
  private static final int MAX_REQUESTS = 256;

  /** Lanes take no record that is older, by any of the clocks: see the horizon of the fold. */
  private static final Duration SETTLED = Duration.ofSeconds(60);

  private final SubscribeRules rules;
  private final ConnectionAdmission admission;
  private final Supplier<ConnectionAcceptor> acceptors;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;
  private final InstantSource clock;
  private final Semaphore room = new Semaphore(MAX_REQUESTS);

  /**
   * A handler.
   *
   * @param acceptors names the delivery agent for the next request
   */
  public HistoryHandler(
      SubscribeRules rules,
      ConnectionAdmission admission,
      Supplier<ConnectionAcceptor> acceptors,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay,
      InstantSource clock) {
    this.rules = rules;
    this.admission = admission;
    this.acceptors = acceptors;
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
    this.clock = clock;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      look(rules.readHistory(request), request, response, callback);
    } catch (RefusedException e) {
      e.problem().send(response, callback);
    }
    return true;
  }

  private void look(Accepted accepted, Request request, Response response, Callback callback)
      throws RefusedException {
    int limit = SubscribeRules.number(accepted.query(), "limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    String until = SubscribeRules.text(accepted.query(), "until");
    Instant now = clock.instant();
    Instant end = until.isEmpty() ? Instant.MAX : StartRules.moment("until", until, now);
    if (accepted.channels().isEmpty() && accepted.subscriber().user() == null) {
      throw new RefusedException(
          ProblemResponse.of(
              HttpStatus.BAD_REQUEST_400,
              "no_channel",
              "name a channel: without one it is the history of the token's user, and there is"
                  + " none"));
    }
    StartPosition start = start(accepted, limit);
    boolean closed =
        StartRules.isFixed(until)
            && end.isBefore(now.minus(SETTLED))
            && isFixed(accepted, start, request);
    HistoryForm form =
        new HistoryForm(closed, limit, request.getHeaders().get(HttpHeader.IF_NONE_MATCH));
    EventStreamHeaders.put(response.getHeaders());
    AnswerTransport transport =
        new AnswerTransport(
            Transport.Kind.HISTORY, response, callback, buffers, encoder, limit, retryDelay, form);
    if (!room.tryAcquire()) {
      transport.close(DisconnectReason.OVERLOADED);
      return;
    }
    Request.addCompletionListener(request, failure -> room.release());
    try {
      ConnectionAdmission.Lease lease =
          admission.admit(Transport.Kind.HISTORY, accepted.address(), accepted.subscriber().user());
      Request.addCompletionListener(request, failure -> lease.close());
    } catch (NotAdmittedException e) {
      transport.close(e.reason());
      return;
    }
    request.addIdleTimeoutListener(timeout -> transport.isAnswered());
    ConnectionAcceptor acceptor = acceptors.get();
    acceptor.offerRegister(
        new ConnectionRequest(
            transport,
            accepted.subscriber(),
            accepted.channels(),
            start,
            MAX_TIME.toMillis(),
            0,
            end.isBefore(now) ? Math.max(0, end.toEpochMilli()) : ConnectionRequest.PRESENT,
            accepted.address()));
    request.addFailureListener(
        failure -> {
          transport.fail(failure);
          acceptor.offerClosed(transport);
        });
  }

  private static StartPosition start(Accepted accepted, int limit) {
    boolean given =
        !SubscribeRules.text(accepted.query(), "cursor").isEmpty()
            || !SubscribeRules.text(accepted.query(), "since").isEmpty();
    return given || !(accepted.start() instanceof StartPosition.Latest)
        ? accepted.start()
        : new StartPosition.Last(limit);
  }

  /** Whether the same request begins at the same place whenever it comes. */
  private boolean isFixed(Accepted accepted, StartPosition start, Request request) {
    return switch (start) {
      case StartPosition.At at ->
          !request.getHeaders().contains(SubscribeRules.LAST_EVENT_ID)
              && rules.isPositioned(accepted, at.cursor());
      case StartPosition.Last _ -> true;
      case StartPosition.Since _ ->
          StartRules.isFixed(SubscribeRules.text(accepted.query(), "since"));
      case StartPosition.Earliest _, StartPosition.Latest _ -> false;
    };
  }
}
