package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.RequestAuthenticator;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.delivery.DeliveryProxy;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.http.LocateHandler;
import dev.tailrace.edge.http.PageHandler;
import dev.tailrace.edge.http.PublicPaths;
import dev.tailrace.edge.http.PublishHandler;
import dev.tailrace.edge.http.Routes;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.publish.EventPublisher;
import dev.tailrace.edge.transport.RetryDelay;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.TurnBuffers;
import dev.tailrace.edge.transport.history.HistoryHandler;
import dev.tailrace.edge.transport.longpoll.PollHandler;
import dev.tailrace.edge.transport.sse.OpenStreams;
import dev.tailrace.edge.transport.sse.SseHandler;
import dev.tailrace.edge.transport.sse.StreamTokenHandler;
import dev.tailrace.edge.transport.websocket.WebSocketHandler;
import dev.tailrace.schemas.SlotMaps;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;

/**
 * What answers on the public port, by path.
 *
 * <p>Threading: made on the starting thread.
 */
final class PublicRoutes {
  private static final int MESSAGE_SLACK_BYTES = 512 << 10;
  private static final long MIN_RETRY_MS = 500;
  private static final long MAX_RETRY_MS = 3_000;

  private final EdgeConfig config;
  private final EdgeMetrics metrics;
  private final EdgeAuth auth;
  private final ConnectionAdmission admission;
  private final List<DeliveryProxy> agents;
  private final TurnBuffers buffers;
  private final EventEncoder encoder;

  PublicRoutes(
      EdgeConfig config,
      EdgeMetrics metrics,
      EdgeAuth auth,
      ConnectionAdmission admission,
      List<DeliveryProxy> agents,
      TurnBuffers buffers,
      EventEncoder encoder) {
    this.config = config;
    this.metrics = metrics;
    this.auth = auth;
    this.admission = admission;
    this.agents = agents;
    this.buffers = buffers;
    this.encoder = encoder;
  }

  /** Made once. */
  Routes routes(
      EdgeControl control,
      Supplier<SlotMaps> slots,
      EventPublisher publisher,
      EdgePlacement edges) {
    RequestAuthenticator authenticator = auth.authenticator().heeding(control);
    SubscribeRules rules =
        new SubscribeRules(
            authenticator, slots, config.delivery().maxSubscriptions(), EdgeClock.SYSTEM);
    RetryDelay retry = new RetryDelay(MIN_RETRY_MS, MAX_RETRY_MS, new SecureRandom());
    OpenStreams streams = new OpenStreams();
    AtomicInteger next = new AtomicInteger();
    Supplier<ConnectionAcceptor> acceptors =
        () -> agents.get(Math.floorMod(next.getAndIncrement(), agents.size()));
    Routes.Builder routes =
        Routes.builder()
            .route(
                PublicPaths.EVENTS,
                new SseHandler(rules, admission, acceptors, encoder, buffers, retry, streams),
                "GET")
            .route(PublicPaths.EVENTS_TOKEN, new StreamTokenHandler(rules, streams), "POST")
            .route(
                PublicPaths.POLL,
                new PollHandler(rules, admission, acceptors, encoder, buffers, retry),
                "GET")
            .route(
                PublicPaths.HISTORY,
                new HistoryHandler(
                    rules, admission, acceptors, encoder, buffers, retry, EdgeClock.SYSTEM),
                "GET")
            .route(
                PublicPaths.SOCKET,
                socket(rules, authenticator, acceptors, publisher, retry),
                "GET",
                "CONNECT")
            .route(
                PublicPaths.PUBLISH,
                new PublishHandler(
                    authenticator, publisher, config.limits(), config.publish().maxInFlightBytes()),
                "POST")
            .route(
                PublicPaths.LOCATE,
                new LocateHandler(authenticator, edges::current, metrics.placement()),
                "GET");
    if (config.http().development()) {
      routes.fallback(new PageHandler());
    }
    return routes.build();
  }

  private Handler socket(
      SubscribeRules rules,
      RequestAuthenticator authenticator,
      Supplier<ConnectionAcceptor> acceptors,
      EventPublisher publisher,
      RetryDelay retry) {
    return new WebSocketHandler(
        rules,
        authenticator,
        admission,
        acceptors,
        publisher,
        encoder,
        buffers,
        retry,
        EdgeClock.SYSTEM,
        config.limits().maxDataBytes() / 3 * 4 + MESSAGE_SLACK_BYTES,
        config.http().idleTimeout(),
        config.http().compression());
  }
}
