package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Turned by hand, with a clock that stands. */
class LiveFeedTest {
  private static final String HELLO = "{\"hello\":{\"token\":\"let-me-look\"}}";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final List<FleetView> views = new ArrayList<>();
  private final AtomicInteger closedViews = new AtomicInteger();
  private final FleetFollower fleet =
      new FleetFollower(
          view -> {
            views.add(view);
            return closedViews::incrementAndGet;
          },
          clock);
  private final ConsoleGate gate =
      new ConsoleGate() {
        @Override
        public boolean mayLook(String token) {
          return token.startsWith("let-me");
        }

        @Override
        public boolean mayAct(String token) {
          return token.equals("let-me-act");
        }
      };
  private final LiveFeed feed =
      new LiveFeed(
          fleet,
          gate,
          new LiveFeed.Self(() -> "edge-1", "1.0"),
          clock,
          Executors.newSingleThreadScheduledExecutor());

  @AfterEach
  void close() {
    feed.close();
    fleet.close();
  }

  @Test
  void shouldGreetWhoMayLookAndShowTheFleetOnceItIsKnown() {
    Console first = join(HELLO, true);
    assertThat(first.messages)
        .containsExactly(
            "{\"welcome\":{\"edge\":\"edge-1\",\"may_act\":false,\"version\":\"1.0\"}}");
    tick();
    assertThat(first.messages).as("nothing is known yet").hasSize(1);
    views.getLast().onTurn(true);
    tick();
    assertThat(first.messages).hasSize(2);
    assertThat(first.messages.getLast()).startsWith("{\"snapshot\":{\"at\":\"");
    tick();
    assertThat(first.messages).hasSize(3);

    Console second = join("{\"hello\":{\"token\":\"let-me-act\"}}", true);
    assertThat(second.messages.getFirst()).contains("\"may_act\":true");
    assertThat(second.messages).as("at once").hasSize(2);
    tick();
    assertThat(second.messages).hasSize(3);
    assertThat(views).hasSize(1);
  }

  @Test
  void shouldShowWhatThereIsAfterFiveSecondsWithoutKafka() {
    Console console = join(HELLO, true);
    for (int i = 0; i < 4; i++) {
      tick();
    }
    assertThat(console.messages).hasSize(1);
    tick();
    assertThat(console.messages).hasSize(2);
    assertThat(console.messages.getLast()).contains("\"reachable\":false");
  }

  @Test
  void shouldHaveTheContainerCutWhoSaysNothingAndWhoDoesNotAnswerAClose() throws Exception {
    Console silent = join(null, true);
    assertThat(silent.idleMs).isEqualTo(10_000);
    Console greeted = join(HELLO, true);
    assertThat(greeted.idleMs).as("it need not talk").isZero();
    greeted.takes = false;
    views.getLast().onTurn(true);
    tick();
    tick();
    assertThat(greeted.reason().getReasonPhrase()).isEqualTo("too slow");
    assertThat(greeted.idleMs).isEqualTo(10_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hello\":{\"token\":\"guess\"}}",
        "{\"hello\":{}}",
        "{\"hello\":{\"token\":7}}",
        "{\"hello\":\"let-me-look\"}",
        "{\"token\":\"let-me-look\"}",
        "[]",
        "",
        "{\"hello\":"
      })
  void shouldTurnAwayWhoMayNotLookOrSaysNoHello(String message) throws Exception {
    Console console = join(message, true);

    assertThat(console.reason().getCloseCode()).isEqualTo(CloseCodes.VIOLATED_POLICY);
    assertThat(console.reason().getReasonPhrase()).isEqualTo("unauthorized");
    assertThat(console.messages).isEmpty();
    tick();
    assertThat(console.messages).isEmpty();
    assertThat(fleet.isFollowing()).as("nobody looks").isFalse();
  }

  @Test
  void shouldTurnAwayWhoSaysNothingForEightSeconds() throws Exception {
    Console silent = join(null, true);
    clock.advance(Duration.ofMillis(LiveFeed.HELLO_MS - 1));
    feed.turn();
    assertThat(silent.closed).isNotDone();
    clock.advance(Duration.ofMillis(1));
    feed.turn();

    assertThat(silent.reason().getReasonPhrase()).isEqualTo("unauthorized");
    feed.onMessage(silent.session(), HELLO);
    assertThat(silent.messages).as("too late").isEmpty();
  }

  @Test
  void shouldReadNothingMoreAfterTheHello() {
    Console console = join(HELLO, true);
    feed.onMessage(console.session(), "{\"hello\":{\"token\":\"guess\"}}");
    views.getLast().onTurn(true);
    tick();

    assertThat(console.closed).isNotDone();
    assertThat(console.messages).hasSize(2);
  }

  @Test
  void shouldCloseAConsoleThatDoesNotTakeItsMessageAndGoOnFeedingTheOthers() throws Exception {
    views(); // known at once
    Console slow = join(HELLO, true);
    Console quick = join(HELLO, true);
    slow.takes = false;
    tick();
    tick();

    assertThat(slow.reason().getCloseCode()).isEqualTo(CloseCodes.VIOLATED_POLICY);
    assertThat(slow.reason().getReasonPhrase()).isEqualTo("too slow");
    assertThat(slow.messages).hasSize(3);
    assertThat(quick.messages).hasSize(4);
    assertThat(quick.closed).isNotDone();
  }

  @Test
  void shouldNotTakeAConsoleForSlowThatWasGreetedAMomentBeforeTheOthersAreFed() throws Exception {
    views();
    Console late = new Console();
    feed.join(late.session());
    clock.advance(Duration.ofMillis(900));
    late.takes = false;
    feed.onMessage(late.session(), HELLO);
    clock.advance(Duration.ofMillis(100));
    feed.turn();

    tick();
    assertThat(late.closed).isNotDone();
    assertThat(late.messages).hasSize(1);
    for (int i = 0; i < 4; i++) {
      tick();
    }
    assertThat(late.reason().getReasonPhrase()).isEqualTo("too slow");
  }

  @Test
  void shouldFeedSixtyFourConsolesAndAnotherWhenOneHasLeft() throws Exception {
    List<Console> consoles = new ArrayList<>();
    for (int i = 0; i < LiveFeed.MAX_CONSOLES; i++) {
      consoles.add(join(HELLO, true));
    }
    Console tooMany = join(HELLO, true);
    assertThat(tooMany.reason().getCloseCode()).isEqualTo(CloseCodes.TRY_AGAIN_LATER);
    assertThat(tooMany.reason().getReasonPhrase()).isEqualTo("too many consoles");

    feed.leave(consoles.getFirst().session());
    feed.leave(consoles.getFirst().session());
    assertThat(join(HELLO, true).messages).hasSize(1);
    assertThat(join(HELLO, true).reason().getCloseCode()).isEqualTo(CloseCodes.TRY_AGAIN_LATER);
  }

  @Test
  void shouldNotLetThoseInWhoOnlyWait() throws Exception {
    for (int i = 0; i < 64; i++) {
      join(null, true);
    }
    Console another = join(null, true);
    assertThat(another.reason().getCloseCode()).isEqualTo(CloseCodes.TRY_AGAIN_LATER);
  }

  @Test
  void shouldFollowTheFleetForAMinuteAfterTheLastHasLeft() {
    Console console = join(HELLO, true);
    tick();
    feed.leave(console.session());
    clock.advance(Duration.ofMillis(59_999));
    feed.turn();
    assertThat(fleet.isFollowing()).isTrue();
    clock.advance(Duration.ofMillis(1));
    feed.turn();

    assertThat(fleet.isFollowing()).isFalse();
    Awaitility.await().until(() -> closedViews.get() == 1);
    join(HELLO, true);
    assertThat(views).as("anew").hasSize(2);
  }

  private void views() {
    fleet.look();
    views.getLast().onTurn(true);
  }

  private Console join(@Nullable String message, boolean takes) {
    Console console = new Console();
    console.takes = takes;
    feed.join(console.session());
    if (message != null) {
      feed.onMessage(console.session(), message);
    }
    return console;
  }

  private void tick() {
    clock.advance(SECOND);
    feed.turn();
  }

  /** The container's side of a client that takes its messages, or never does. */
  private static final class Console {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    private volatile boolean takes = true;
    private volatile long idleMs = -1;
    private final RemoteEndpoint.Async remote =
        proxy(RemoteEndpoint.Async.class, (name, arguments) -> sendText(arguments));
    private final Session session =
        proxy(Session.class, (name, arguments) -> onSession(name, arguments));

    Session session() {
      return session;
    }

    CloseReason reason() throws Exception {
      return closed.get(30, TimeUnit.SECONDS);
    }

    private Object sendText(Object[] arguments) {
      messages.add((String) arguments[0]);
      if (takes) {
        ((SendHandler) arguments[1]).onResult(new SendResult(session));
      }
      return null;
    }

    private Object onSession(String name, Object[] arguments) {
      return switch (name) {
        case "getAsyncRemote" -> remote;
        case "close" -> {
          closed.complete((CloseReason) arguments[0]);
          yield null;
        }
        case "setMaxIdleTimeout" -> {
          idleMs = (long) arguments[0];
          yield null;
        }
        case "hashCode" -> System.identityHashCode(this);
        default -> throw new UnsupportedOperationException(name);
      };
    }

    private interface Call {
      Object answer(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> call.answer(method.getName(), arguments)));
    }
  }
}
