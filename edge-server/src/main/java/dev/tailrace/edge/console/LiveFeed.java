package dev.tailrace.edge.console;

import dev.tailrace.edge.metrics.MetricsSnapshot;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes counts per second to every console client, once a second. A client that has not taken the
 * last message when the next is due is closed: nothing is ever queued for one.
 *
 * <p>Threading: {@code edge-console} takes the snapshots and sends, without blocking; the WebSocket
 * container joins and leaves; closing, which may wait for the client, has a virtual thread each
 * time.
 */
public final class LiveFeed implements AutoCloseable {
  /** The path of the feed. */
  static final String PATH = "/live";

  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final long PERIOD_MS = 1_000;
  private static final long SEND_TIMEOUT_MS = 5_000;
  private static final int MAX_CLIENTS = 64;
  private static final int MAX_MESSAGE = 1_024;

  private final Supplier<MetricsSnapshot> snapshots;
  private final InstantSource clock;

  /** The clients, and whether a message to each is under way. */
  private final Map<Session, AtomicBoolean> clients = new ConcurrentHashMap<>();

  private final ScheduledExecutorService scheduler;

  /** Of edge-console alone. */
  private MetricsSnapshot last;

  /** Of edge-console alone. */
  private Instant lastAt;

  private LiveFeed(
      Supplier<MetricsSnapshot> snapshots,
      InstantSource clock,
      ScheduledExecutorService scheduler) {
    this.snapshots = snapshots;
    this.clock = clock;
    this.scheduler = scheduler;
    this.last = snapshots.get();
    this.lastAt = clock.instant();
  }

  /** Starts the feed's thread. */
  public static LiveFeed start(Supplier<MetricsSnapshot> snapshots, InstantSource clock) {
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("edge-console").factory());
    LiveFeed feed = new LiveFeed(snapshots, clock, scheduler);
    ScheduledFuture<?> _ =
        scheduler.scheduleAtFixedRate(feed::onTick, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
    return feed;
  }

  /** The Jakarta WebSocket endpoint, as a handler for the operator port. */
  public Handler handler() {
    ServletContextHandler context = new ServletContextHandler("/");
    JakartaWebSocketServletContainerInitializer.configure(
        context,
        (servletContext, container) -> {
          container.setAsyncSendTimeout(SEND_TIMEOUT_MS);
          container.setDefaultMaxTextMessageBufferSize(MAX_MESSAGE);
          container.setDefaultMaxBinaryMessageBufferSize(MAX_MESSAGE);
          container.setDefaultMaxSessionIdleTimeout(0); // it is the server that talks
          container.addEndpoint(
              ServerEndpointConfig.Builder.create(LiveFeedEndpoint.class, PATH)
                  .configurator(new EndpointOf(this))
                  .build());
        });
    return context;
  }

  void join(Session session) {
    if (clients.size() >= MAX_CLIENTS) {
      close(session, CloseCodes.TRY_AGAIN_LATER, "too many consoles");
    } else {
      clients.put(session, new AtomicBoolean());
    }
  }

  void leave(Session session) {
    clients.remove(session);
  }

  private void onTick() {
    try {
      MetricsSnapshot snapshot = snapshots.get();
      Instant now = clock.instant();
      String text =
          JsonMapper.shared().writeValueAsString(LiveRates.between(last, lastAt, snapshot, now));
      last = snapshot;
      lastAt = now;
      clients.forEach((session, sending) -> send(session, sending, text));
    } catch (RuntimeException e) {
      LOG.warn("the live feed missed a second", e); // thrown on, it would be the last one
    }
  }

  private void send(Session session, AtomicBoolean sending, String text) {
    if (!sending.compareAndSet(false, true)) {
      leave(session);
      close(session, CloseCodes.VIOLATED_POLICY, "too slow");
      return;
    }
    try {
      session
          .getAsyncRemote()
          .sendText(
              text,
              result -> {
                sending.set(false);
                if (!result.isOK()) {
                  leave(session);
                }
              });
    } catch (IllegalStateException e) {
      LOG.debug("closed meanwhile", e);
      leave(session);
    }
  }

  private static void close(Session session, CloseCodes code, String reason) {
    Thread.ofVirtual()
        .name("edge-console-close")
        .start(
            () -> {
              try {
                session.close(new CloseReason(code, reason));
              } catch (IOException | IllegalStateException e) {
                LOG.debug("a console client was gone already", e);
              }
            });
  }

  /** Ends the feed; the server closes what clients are left. */
  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  /** Every client's endpoint belongs to the one feed. */
  private static final class EndpointOf extends ServerEndpointConfig.Configurator {
    private final LiveFeed feed;

    EndpointOf(LiveFeed feed) {
      this.feed = feed;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> endpointClass) {
      return endpointClass.cast(new LiveFeedEndpoint(feed));
    }
  }
}
