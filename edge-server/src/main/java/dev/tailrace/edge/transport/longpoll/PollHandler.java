package dev.tailrace.edge.transport.longpoll;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.transport.AnswerForm;
import dev.tailrace.edge.transport.AnswerTransport;
import dev.tailrace.edge.transport.EventStreamHeaders;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Accepted;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.TurnBuffers;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code GET /v1/poll}: answers as soon as there is something after the cursor, or when {@code
 * wait} seconds are over; at once without a cursor. The answer's cursor is moved past what was
 * examined.
 *
 * <p>Threading: Jetty's threads.
 */
public final class PollHandler extends Handler.Abstract.NonBlocking {
  private static final int DEFAULT_WAIT_S = 25;
  private static final int MAX_WAIT_S = 60;
  private static final int DEFAULT_LIMIT = 1_000;

  private final SubscribeRules rules;
  private final ConnectionAdmission admission;
  private final Supplier<ConnectionAcceptor> acceptors;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;

  /**
   * A handler.
   *
   * @param acceptors names the delivery agent for the next connection
   */
  public PollHandler(
      SubscribeRules rules,
      ConnectionAdmission admission,
      Supplier<ConnectionAcceptor> acceptors,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay) {
    this.rules = rules;
    this.admission = admission;
    this.acceptors = acceptors;
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      hold(rules.read(request), request, response, callback);
    } catch (RefusedException e) {
      e.problem().send(response, callback);
    }
    return true;
  }

  private void hold(Accepted accepted, Request request, Response response, Callback callback)
      throws RefusedException {
    int waitS = SubscribeRules.number(accepted.query(), "wait", DEFAULT_WAIT_S, 0, MAX_WAIT_S);
    int limit = SubscribeRules.number(accepted.query(), "limit", DEFAULT_LIMIT, 1, DEFAULT_LIMIT);
    EventStreamHeaders.put(response.getHeaders());
    AnswerTransport transport =
        new AnswerTransport(
            Transport.Kind.POLL,
            response,
            callback,
            buffers,
            encoder,
            limit,
            retryDelay,
            AnswerForm.PLAIN);
    ConnectionAdmission.Lease lease;
    try {
      lease =
          admission.admit(Transport.Kind.POLL, accepted.address(), accepted.subscriber().user());
    } catch (NotAdmittedException e) {
      transport.close(e.reason());
      return;
    }
    request.clearAttributes(); // the parsed query would stay as long as the connection
    Request.addCompletionListener(request, failure -> lease.close());
    request.addIdleTimeoutListener(timeout -> transport.isAnswered());
    ConnectionAcceptor acceptor = acceptors.get();
    acceptor.offerRegister(accepted.request(transport, waitS * 1000L));
    request.addFailureListener(
        failure -> {
          transport.fail(failure); // a stream of HTTP/2 that is reset ends only by this
          acceptor.offerClosed(transport);
        });
  }
}
