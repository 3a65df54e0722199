package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Asked;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.websocket.OpeningHandshake.NoHandshakeException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/socket}: the opening handshake. Who asks for neither of our subprotocols gets 400;
 * who asks for none speaks JSON.
 *
 * <p>Threading: Jetty's threads.
 */
public final class WebSocketHandler extends Handler.Abstract {
  private static final int MAX_IDLE_INFLATERS = 64;

  private final SubscribeRules rules;
  private final RequestAuthenticator authenticator;
  private final ConnectionAdmission admission;
  private final Supplier<ConnectionAcceptor> acceptors;
  private final EventPublisher publisher;
  private final EventEncoder encoder;
  private final TurnBuffers buffers;
  private final RetryDelay retryDelay;
  private final EdgeClock clock;
  private final int maxMessageBytes;
  private final Duration idleTimeout;
  private final boolean compression;
  private final MessageInflater inflater;
  private final UnauthenticatedSockets unauthenticated = new UnauthenticatedSockets();

  /**
   * A handler.
   *
   * @param acceptors names the delivery agent for the next connection
   * @param maxMessageBytes longest message of a client
   * @param idleTimeout after which a client that takes nothing is cut
   * @param compression whether {@code permessage-deflate} is agreed on with clients that offer it
   */
  public WebSocketHandler(
      SubscribeRules rules,
      RequestAuthenticator authenticator,
      ConnectionAdmission admission,
      Supplier<ConnectionAcceptor> acceptors,
      EventPublisher publisher,
      EventEncoder encoder,
      TurnBuffers buffers,
      RetryDelay retryDelay,
      EdgeClock clock,
      int maxMessageBytes,
      Duration idleTimeout,
      boolean compression) {
    this.rules = rules;
    this.authenticator = authenticator;
    this.admission = admission;
    this.acceptors = acceptors;
    this.publisher = publisher;
    this.encoder = encoder;
    this.buffers = buffers;
    this.retryDelay = retryDelay;
    this.clock = clock;
    this.maxMessageBytes = maxMessageBytes;
    this.idleTimeout = idleTimeout;
    this.compression = compression;
    InflaterPool inflaters = new InflaterPool(MAX_IDLE_INFLATERS, true);
    installBean(inflaters);
    this.inflater = new MessageInflater(inflaters);
    admission.onClose(unauthenticated::closeAll);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      admission.checkRate(Transport.Kind.WEBSOCKET, SubscribeRules.address(request));
      Asking asking = asking(request);
      OpeningHandshake handshake = OpeningHandshake.of(request);
      accept(request, response, handshake, asking);
      response.write(true, null, callback);
    } catch (RefusedException e) {
      e.problem().send(response, callback);
    } catch (NoHandshakeException e) {
      e.problem().send(response, callback);
    } catch (NotAdmittedException e) {
      tooOften(e).send(response, callback);
    }
    return true;
  }

  private ProblemResponse tooOften(NotAdmittedException e) {
    String text = e.reason().text();
    return ProblemResponse.of(HttpStatus.TOO_MANY_REQUESTS_429, text.replace(' ', '_'), text)
        .withRetryAfter(Duration.ofMillis(retryDelay.nextMs()));
  }

  private void accept(Request request, Response response, OpeningHandshake handshake, Asking asking)
      throws RefusedException {
    List<String> offered = handshake.subprotocols();
    Subprotocol chosen = Subprotocol.choose(offered);
    if (chosen == null && !offered.isEmpty()) {
      throw new RefusedException(
          ProblemResponse.of(
              HttpStatus.BAD_REQUEST_400,
              "unknown_subprotocol",
              "subprotocols are %s and %s"
                  .formatted(Subprotocol.JSON.token(), Subprotocol.PROTO.token())));
    }
    String deflate = compression ? PermessageDeflate.answer(handshake.extensions()) : null;
    handshake.accept(response, chosen == null ? null : chosen.token(), deflate);
    WebSocketEndpoint endpoint =
        new WebSocketEndpoint(
            this,
            asking,
            chosen == null ? Subprotocol.JSON : chosen,
            deflate != null,
            acceptors.get());
    request.setAttribute(
        HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
        new WebSocketConnection(
            handshake.endPoint(),
            request.getConnectionMetaData().getConnector(),
            endpoint,
            deflate != null,
            idleTimeout));
  }

  /**
   * A handshake without a token is let in, to bring one in its first frame. Where some channels
   * need no token, one that names only such is nobody's at once, and another when its first frame
   * brings none. In development all channels are such.
   */
  private Asking asking(Request request) throws RefusedException {
    Asked asked = rules.asked(request);
    return switch (authenticator.authenticateHandshake(request)) {
      case Verification.Verified verified -> {
        Identity known = verified.identity();
        boolean mayYetSay =
            known.anonymous()
                && (asked.channels().isEmpty()
                    || !asked.channels().stream().allMatch(known::maySubscribe));
        yield mayYetSay ? new Asking(asked, null, known) : new Asking(asked, known, null);
      }
      case Verification.Refused refused -> {
        if (refused.failure() != AuthFailure.MISSING) {
          throw new RefusedException(ProblemResponse.of(refused));
        }
        yield new Asking(asked, null, null);
      }
    };
  }

  /**
   * What a handshake asks for.
   *
   * @param identity null while nobody has said who asks
   * @param otherwise who it is when the first frame does not say either; null when it must
   */
  record Asking(Asked asked, @Nullable Identity identity, @Nullable Identity otherwise) {}

  EdgeClock clock() {
    return clock;
  }

  ConnectionAdmission admission() {
    return admission;
  }

  UnauthenticatedSockets unauthenticated() {
    return unauthenticated;
  }

  RequestAuthenticator authenticator() {
    return authenticator;
  }

  EventPublisher publisher() {
    return publisher;
  }

  EventEncoder encoder() {
    return encoder;
  }

  TurnBuffers buffers() {
    return buffers;
  }

  RetryDelay retryDelay() {
    return retryDelay;
  }

  MessageInflater inflater() {
    return inflater;
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }
}
