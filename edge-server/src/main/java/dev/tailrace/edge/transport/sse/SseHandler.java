package dev.tailrace.edge.transport.sse;

import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.transport.EventStreamHeaders;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Accepted;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.TurnBuffers;
import java.io.IOException;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/events}: opens an event stream. The headers and a comment go out at once, so that
 * {@code open} fires; what follows is written by the connection's delivery agent.
 *
 * <p>An HTTP/1 connection is taken over from Jetty ({@link EventStreamConnection}), a stream of
 * HTTP/2 stays a response. Either is never idle for longer than a heartbeat, so the idle timeout
 * ends only one whose client no longer takes what is written.
 *
 * <p>An edge that has no room answers with a stream that says {@code retry:} and ends: a native
 * EventSource takes any other status as final.
 *
 * <p>Threading: Jetty's threads.
 */
public final class SseHandler extends Handler.Abstract.NonBlocking {
  private static final HttpField CONTENT_TYPE =
      new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");

  private final SubscribeRules rules;
  private final ConnectionAdmission admission;
  private final Supplier<ConnectionAcceptor> acceptors;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;
  private final OpenStreams streams;

  /**
   * A handler.
   *
   * @param acceptors names the delivery agent for the next connection
   * @param streams learns of those that have a name
   */
  public SseHandler(
      SubscribeRules rules,
      ConnectionAdmission admission,
      Supplier<ConnectionAcceptor> acceptors,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay,
      OpenStreams streams) {
    this.rules = rules;
    this.admission = admission;
    this.acceptors = acceptors;
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
    this.streams = streams;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      admission.checkRate(Transport.Kind.SSE, SubscribeRules.address(request));
      Accepted accepted = rules.read(request);
      open(accepted, key(accepted), name(accepted), request, response, callback);
    } catch (RefusedException e) {
      e.problem().send(response, callback);
    } catch (NotAdmittedException e) {
      StreamOutput body = begin(request, response, callback);
      new SseTransport(buffers, body, encoder, EncodingKey.SSE_EVENT, retryDelay).close(e.reason());
    }
    return true;
  }

  private static EncodingKey key(Accepted accepted) throws RefusedException {
    String format = accepted.query().getValue("format");
    if (format == null || format.equals("event")) {
      return EncodingKey.SSE_EVENT;
    }
    if (format.equals("data")) {
      return EncodingKey.SSE_DATA;
    }
    throw new RefusedException(
        ProblemResponse.of(
            HttpStatus.BAD_REQUEST_400, "bad_format", "format is event (the default) or data"));
  }

  private static OpenStreams.@Nullable Key name(Accepted accepted) throws RefusedException {
    String name = SubscribeRules.text(accepted.query(), StreamTokenHandler.STREAM);
    if (name.isEmpty()) {
      return null;
    }
    OpenStreams.@Nullable Key key = OpenStreams.Key.of(accepted.subscriber().user(), name);
    if (key == null || !OpenStreams.isName(name)) {
      throw StreamTokenHandler.badName();
    }
    return key;
  }

  private static StreamOutput begin(Request request, Response response, Callback callback) {
    response.getHeaders().put(CONTENT_TYPE);
    EventStreamHeaders.put(response.getHeaders());
    return new ResponseOutput(request.getComponents().getScheduler(), response, callback);
  }

  private void open(
      Accepted accepted,
      EncodingKey key,
      OpenStreams.@Nullable Key name,
      Request request,
      Response response,
      Callback callback)
      throws NotAdmittedException {
    ConnectionAdmission.Lease lease =
        admission.admit(Transport.Kind.SSE, accepted.address(), accepted.subscriber().user());
    StreamOutput body = begin(request, response, callback);
    EventStreamConnection connection;
    try {
      connection = EventStreamConnection.takeOver(request, response);
    } catch (IOException e) {
      lease.close();
      callback.failed(e);
      return;
    }
    SseTransport transport =
        new SseTransport(buffers, connection == null ? body : connection, encoder, key, retryDelay);
    ConnectionAcceptor acceptor = acceptors.get();
    StreamLife life =
        new StreamLife(transport, lease, acceptor, streams.place(name, transport, acceptor));
    if (connection == null) {
      request.clearAttributes(); // the parsed query would stay as long as the connection
      Request.addCompletionListener(request, life::end);
      request.addFailureListener(life::end); // a stream of HTTP/2 that is reset ends only by this
    } else {
      connection.watch(life::end);
    }
    life.begin(accepted.request(transport, 0));
  }
}
