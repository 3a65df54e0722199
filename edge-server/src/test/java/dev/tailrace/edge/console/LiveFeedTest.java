package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.metrics.MetricsSnapshot;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LiveFeedTest {
  private static final MetricsSnapshot NOTHING = new MetricsSnapshot(Map.of(), 0, 0, 0, 0, 0);

  @Test
  void shouldCloseAConsoleThatDoesNotTakeItsMessageAndGoOnFeedingTheOthers() throws Exception {
    try (LiveFeed feed = LiveFeed.start(() -> NOTHING, InstantSource.system())) {
      Console slow = new Console(false);
      Console quick = new Console(true);
      feed.join(slow.session());
      feed.join(quick.session());

      assertThat(slow.closed.get(30, TimeUnit.SECONDS).getCloseCode())
          .isEqualTo(CloseCodes.VIOLATED_POLICY);
      assertThat(slow.messages).hasSize(1);
      int before = quick.messages.size();
      Awaitility.await().until(() -> quick.messages.size() > before);
      assertThat(quick.closed).isNotDone();
      assertThat(slow.messages).hasSize(1);
    }
  }

  @Test
  void shouldDivideByTheTimeThatReallyPassed() {
    MetricsSnapshot after = new MetricsSnapshot(Map.of("sse", 2L), 300, 3_000, 30, 6, 3);
    assertThat(LiveRates.between(NOTHING, Instant.EPOCH, after, Instant.EPOCH.plusMillis(1_500)))
        .containsEntry("connections", Map.of("sse", 2L))
        .containsEntry("deliveries_per_s", 200L)
        .containsEntry("bytes_per_s", 2_000L)
        .containsEntry("records_per_s", 20L)
        .containsEntry("published_per_s", 4L)
        .containsEntry("gaps_per_s", 2L);
  }

  /** The container's side of a client that takes its messages, or never does. */
  private static final class Console {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    private final boolean takes;
    private final RemoteEndpoint.Async remote =
        proxy(RemoteEndpoint.Async.class, (name, arguments) -> sendText(arguments));
    private final Session session =
        proxy(Session.class, (name, arguments) -> onSession(name, arguments));

    Console(boolean takes) {
      this.takes = takes;
    }

    Session session() {
      return session;
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
