package dev.tailrace.edge.console;

import dev.tailrace.edge.agent.EdgeClock;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Shows the fleet to every console, once a second. A console says first who it is; one that has not
 * taken the last message when the next is due is closed: nothing is ever queued for one.
 *
 * <p>Threading: {@code edge-console} makes the snapshots and sends, without blocking; the WebSocket
 * container joins, greets and leaves; closing, which may wait for the client, has a virtual thread
 * each time.
 */
public final class LiveFeed implements AutoCloseable {
  /** The path of the feed. */
  public static final String PATH = "/console/live";

  static final int MAX_CONSOLES = 64;
  static final long HELLO_MS = 8_000;

  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final long PERIOD_MS = 1_000;
  private static final long SEND_TIMEOUT_MS = 5_000;

  /** A client that says nothing before its hello, or does not answer a close, is cut. */
  private static final long IDLE_MS = 10_000;

  /** Those that have said nothing yet: each for a few seconds. */
  private static final int MAX_WAITING = 64;

  private static final int MAX_MESSAGE = 8_192;

  /** Who is asked, and what there is to say of the edge itself. */
  public record Self(Supplier<String> name, String version) {}

  private enum State {
    AWAITING_HELLO,
    GREETED,
    FED,
    LEFT
  }

  /** A console. Its fields are changed under its own lock, held for a look only. */
  private static final class Console {
    private final Session session;
    private final long joinedMs;
    private State state = State.AWAITING_HELLO;
    private boolean sending;
    private long sentMs;

    Console(Session session, long joinedMs) {
      this.session = session;
      this.joinedMs = joinedMs;
    }

    synchronized boolean greet(long nowMs) {
      if (state != State.AWAITING_HELLO) {
        return false;
      }
      state = State.GREETED;
      sending = true;
      sentMs = nowMs;
      return true;
    }

    synchronized boolean isAwaited() {
      return state == State.AWAITING_HELLO;
    }

    synchronized boolean isFed() {
      return state == State.FED;
    }

    /** Whether it has not taken what was sent when the next was due. */
    synchronized boolean isSlow(long nowMs) {
      return sending
          && nowMs - sentMs >= (state == State.GREETED ? SEND_TIMEOUT_MS : PERIOD_MS / 2);
    }

    synchronized boolean beginSending(long nowMs) {
      if (state != State.FED || sending) {
        return false;
      }
      sending = true;
      sentMs = nowMs;
      return true;
    }

    synchronized void sent() {
      state = state == State.LEFT ? State.LEFT : State.FED;
      sending = false;
    }

    /** Whether it had a place. */
    synchronized boolean leave() {
      boolean had = state == State.GREETED || state == State.FED;
      state = State.LEFT;
      return had;
    }
  }

  private final FleetFollower fleet;
  private final ConsoleGate gate;
  private final Self self;
  private final EdgeClock clock;
  private final Map<Session, Console> consoles = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(MAX_CONSOLES);
  private final ScheduledExecutorService scheduler;

  LiveFeed(
      FleetFollower fleet,
      ConsoleGate gate,
      Self self,
      EdgeClock clock,
      ScheduledExecutorService scheduler) {
    this.fleet = fleet;
    this.gate = gate;
    this.self = self;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** Starts the feed's thread. */
  public static LiveFeed start(FleetFollower fleet, ConsoleGate gate, Self self, EdgeClock clock) {
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("edge-console").factory());
    LiveFeed feed = new LiveFeed(fleet, gate, self, clock, scheduler);
    ScheduledFuture<?> _ =
        scheduler.scheduleAtFixedRate(feed::turn, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
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
    if (consoles.values().stream().filter(Console::isAwaited).count() >= MAX_WAITING) {
      close(session, CloseCodes.TRY_AGAIN_LATER, "too many consoles");
    } else {
      session.setMaxIdleTimeout(IDLE_MS);
      consoles.put(session, new Console(session, clock.monotonicMs()));
    }
  }

  /** The first message counts, and no other. */
  void onMessage(Session session, String text) {
    Console console = consoles.get(session);
    if (console == null || !console.isAwaited()) {
      return;
    }
    String token = token(text);
    if (token == null || !gate.mayLook(token)) {
      end(session, CloseCodes.VIOLATED_POLICY, "unauthorized");
    } else if (!places.tryAcquire()) {
      end(session, CloseCodes.TRY_AGAIN_LATER, "too many consoles");
    } else {
      fleet.look();
      String welcome = welcome(gate.mayAct(token));
      if (console.greet(clock.monotonicMs())) {
        session.setMaxIdleTimeout(0); // from now on it is the server that talks
        send(console, welcome, () -> feedAtOnce(console));
      } else {
        places.release();
      }
    }
  }

  /** The token of a hello; null when it is none. */
  private static @Nullable String token(String text) {
    try {
      JsonNode hello = JsonMapper.shared().readTree(text).path("hello");
      JsonNode token = hello.path("token");
      return hello.isObject() && (token.isString() || token.isMissingNode())
          ? token.asString("")
          : null;
    } catch (JacksonException e) {
      LOG.debug("no hello", e);
      return null;
    }
  }

  private String welcome(boolean mayAct) {
    Map<String, Object> welcome = new LinkedHashMap<>();
    welcome.put("edge", self.name().get());
    welcome.put("may_act", mayAct);
    welcome.put("version", self.version());
    return JsonMapper.shared().writeValueAsString(Map.of("welcome", welcome));
  }

  /** Unless nothing is known yet: then with the others. */
  private void feedAtOnce(Console console) {
    FleetView view = fleet.look();
    if (view.isReady()) {
      feed(console, snapshot(view));
    }
  }

  private void feed(Console console, String text) {
    if (console.beginSending(clock.monotonicMs())) {
      send(console, text, () -> {});
    }
  }

  private String snapshot(FleetView view) {
    return JsonMapper.shared()
        .writeValueAsString(Map.of("snapshot", new FleetSnapshot(view).json(clock.instant())));
  }

  void leave(Session session) {
    Console left = consoles.remove(session);
    if (left != null && left.leave()) {
      places.release();
    }
  }

  /** Once a second. */
  void turn() {
    try {
      long nowMs = clock.monotonicMs();
      for (Console console : consoles.values()) {
        if (console.isAwaited() && nowMs - console.joinedMs >= HELLO_MS) {
          end(console.session, CloseCodes.VIOLATED_POLICY, "unauthorized");
        } else if (console.isSlow(nowMs)) {
          end(console.session, CloseCodes.VIOLATED_POLICY, "too slow");
        }
      }
      if (consoles.values().stream().anyMatch(Console::isFed)) {
        FleetView view = fleet.look();
        if (view.isReady()) {
          String text = snapshot(view);
          consoles.values().forEach(console -> feed(console, text));
        }
      }
      fleet.turn();
    } catch (RuntimeException e) {
      LOG.warn("the live feed missed a second", e); // thrown on, it would be the last one
    }
  }

  private void send(Console console, String text, Runnable then) {
    try {
      console
          .session
          .getAsyncRemote()
          .sendText(
              text,
              result -> {
                if (result.isOK()) {
                  console.sent();
                  then.run();
                } else {
                  leave(console.session);
                }
              });
    } catch (IllegalStateException e) {
      LOG.debug("closed meanwhile", e);
      leave(console.session);
    }
  }

  private void end(Session session, CloseCodes code, String reason) {
    leave(session);
    close(session, code, reason);
  }

  private static void close(Session session, CloseCodes code, String reason) {
    Thread.ofVirtual()
        .name("edge-console-close")
        .start(
            () -> {
              try {
                session.setMaxIdleTimeout(IDLE_MS);
                session.close(new CloseReason(code, reason));
              } catch (IOException | IllegalStateException e) {
                LOG.debug("a console was gone already", e);
              }
            });
  }

  /** Ends the feed; the server closes what consoles are left. */
  @Override
  public void close() {
    scheduler.shutdownNow();
  }

  /** Every console's endpoint belongs to the one feed. */
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
