package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Asked;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.TurnBuffers;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.eclipse.jetty.websocket.core.Configuration;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketMappings;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/socket}: the opening handshake. Who asks for neither of our subprotocols gets 400;
 * who asks for none speaks JSON.
 *
 * <p>Threading: Jetty's threads.
 */
public final class WebSocketHandler extends Handler.Abstract {
  private static final int OUTPUT_BUFFER_BYTES = 32 << 10;
  private static final int MAX_IDLE_INFLATERS = 64;
  private static final String ASKING = Asking.class.getName();

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
  private final WebSocketMappings mappings;
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
    this.mappings = new WebSocketMappings(components());
    InflaterPool inflaters = new InflaterPool(MAX_IDLE_INFLATERS, true);
    installBean(inflaters);
    this.inflater = new MessageInflater(inflaters);
    admission.onClose(unauthenticated::closeAll);
  }

  /** Of Jetty's extensions none: they compress for each connection, or cut our frames anew. */
  private static WebSocketComponents components() {
    WebSocketComponents components = new WebSocketComponents();
    WebSocketExtensionRegistry extensions = components.getExtensionRegistry();
    List.copyOf(extensions.getAvailableExtensionNames()).forEach(extensions::unregister);
    extensions.register(PermessageDeflate.NAME, PermessageDeflate.class);
    return components;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Asking asking;
    try {
      asking = asking(request);
    } catch (RefusedException e) {
      e.problem().send(response, callback);
      return true;
    }
    request.setAttribute(ASKING, asking);
    Negotiator negotiator = new Negotiator();
    if (!mappings.upgrade(negotiator, request, response, callback, null)) {
      ProblemResponse.of(
              HttpStatus.UPGRADE_REQUIRED_426,
              "websocket_expected",
              "this path takes WebSocket opening handshakes (RFC 6455)")
          .withHeader(HttpHeader.UPGRADE, "websocket")
          .send(response, callback);
    }
    return true;
  }

  /** A handshake without a token is let in, to bring one in its first frame. */
  private Asking asking(Request request) throws RefusedException {
    Asked asked = rules.asked(request);
    return switch (authenticator.authenticate(request)) {
      case Verification.Verified verified -> new Asking(asked, verified.identity());
      case Verification.Refused refused -> {
        if (refused.failure() != AuthFailure.MISSING) {
          throw new RefusedException(ProblemResponse.of(refused));
        }
        yield new Asking(asked, null);
      }
    };
  }

  /**
   * What a handshake asks for.
   *
   * @param identity null while nobody has said who asks
   */
  record Asking(Asked asked, @Nullable Identity identity) {}

  private final class Negotiator implements WebSocketNegotiator {
    @Override
    public @Nullable FrameHandler negotiate(
        ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
      Asking asking = (Asking) request.getAttribute(ASKING);
      List<String> offered = request.getSubProtocols();
      Subprotocol subprotocol = Subprotocol.choose(offered);
      if (subprotocol == null && !offered.isEmpty()) {
        ProblemResponse.of(
                HttpStatus.BAD_REQUEST_400,
                "unknown_subprotocol",
                "subprotocols are %s and %s"
                    .formatted(Subprotocol.JSON.token(), Subprotocol.PROTO.token()))
            .send(response, callback);
        return null;
      }
      if (subprotocol != null) {
        response.setAcceptedSubProtocol(subprotocol.token());
      }
      ExtensionConfig deflate =
          compression ? PermessageDeflate.answer(request.getExtensions()) : null;
      response.setExtensions(deflate == null ? List.of() : List.of(deflate));
      return new WebSocketEndpoint(
          WebSocketHandler.this,
          asking,
          subprotocol == null ? Subprotocol.JSON : subprotocol,
          acceptors.get());
    }

    @Override
    public void customize(Configuration configuration) {
      configuration.setIdleTimeout(idleTimeout); // longer than a heartbeat: it finds the dead
      configuration.setOutputBufferSize(OUTPUT_BUFFER_BYTES);
      // A frame is handed over as it comes in, and bounded as its message is put together:
      // otherwise Jetty would make room for whatever length a frame's header claims.
      configuration.setAutoFragment(true);
      configuration.setMaxFrameSize(0);
    }
  }

  EdgeClock clock() {
    return clock;
  }

  ConnectionAdmission admission() {
    return admission;
  }

  UnauthenticatedSockets unauthenticated() {
    return unauthenticated;
  }

  Duration idleTimeout() {
    return idleTimeout;
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
