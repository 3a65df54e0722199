package dev.tailrace.edge.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.desk.RefusedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that wait for Kafka: so many at once, and for so long. */
class DeskCallsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Queue<Supplier<Map<String, Object>>> work = new ArrayDeque<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private final Server server = new Server();
  private final LocalConnector connector = new LocalConnector(server);

  private void start(int most, Duration limit) throws Exception {
    DeskCalls calls = new DeskCalls(most, limit, "it may be done or not");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            calls.answer(request, response, callback, work.remove());
            return true;
          }
        });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    released.countDown();
    server.stop();
  }

  @Test
  void shouldRefuseMoreThanThereIsRoomForAtOnce() throws Exception {
    start(1, LONG);
    CountDownLatch begun = new CountDownLatch(1);
    work.add(
        () -> {
          begun.countDown();
          return held();
        });
    work.add(() -> Map.of("second", 2));
    CompletableFuture<String> first = CompletableFuture.supplyAsync(this::exchange);
    assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(exchange()).contains("503 Service Unavailable").contains("\"busy\"");

    released.countDown();
    assertThat(first.get()).contains("200 OK").contains("{\"held\":true}");
    await().atMost(LONG).until(() -> answersAgain());
  }

  private boolean answersAgain() {
    work.clear();
    work.add(() -> Map.of("third", 3));
    return exchange().contains("{\"third\":3}");
  }

  @Test
  void shouldAnswerWhenTheTimeIsOverAndHoldThePlaceUntilTheCallIs() throws Exception {
    start(1, Duration.ofMillis(50));
    work.add(this::held);
    work.add(() -> Map.of("second", 2));

    assertThat(exchange())
        .contains("503 Service Unavailable")
        .contains("\"kafka_unavailable\"")
        .contains("it may be done or not");
    assertThat(exchange()).contains("\"busy\"");
  }

  @Test
  void shouldSayWhatIsRefused() throws Exception {
    start(1, LONG);
    work.add(
        () -> {
          throw RefusedException.badRequest("that makes no sense");
        });

    assertThat(exchange()).contains("400 Bad Request").contains("that makes no sense");
  }

  private Map<String, Object> held() {
    try {
      boolean _ = released.await(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Map.of("held", true);
  }

  private String exchange() {
    try {
      return connector.getResponse("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
