package dev.tailrace.edge.transport.sse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.transport.TurnBuffer;
import dev.tailrace.edge.transport.TurnBuffers;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an event stream's connection holds, and what becomes of writes that are not taken. */
class EventStreamConnectionTest {
  private static final int STALL_TIMEOUT_MS = 60_000;
  private static final int SOCKET_BYTES = 256;
  private static final Executor SAME_THREAD = Runnable::run;

  private final WaitingTasks tasks = new WaitingTasks();
  private final ByteArrayEndPoint endPoint =
      new ByteArrayEndPoint(tasks, STALL_TIMEOUT_MS, (ByteBuffer) null, SOCKET_BYTES, false);
  private final TurnBuffers buffers = new TurnBuffers(1 << 20);
  private final List<@Nullable Throwable> ends = new ArrayList<>();
  private final List<Throwable> gone = new ArrayList<>();
  private final Callback written = Callback.from(() -> ends.add(null), ends::add);

  private EventStreamConnection takeOver() throws IOException {
    Connection http =
        new AbstractConnection(endPoint, SAME_THREAD) {
          @Override
          public void onFillable() {}
        };
    endPoint.setConnection(http);
    Connector connector =
        jetty(Connector.class, Map.of("getExecutor", SAME_THREAD, "getScheduler", tasks));
    ConnectionMetaData metaData =
        jetty(
            ConnectionMetaData.class,
            Map.of(
                "getHttpVersion", HttpVersion.HTTP_1_1,
                "getConnection", http,
                "getConnector", connector));
    Request request =
        jetty(
            Request.class,
            Map.of("getConnectionMetaData", metaData, "getHeaders", HttpFields.EMPTY));
    Response response = jetty(Response.class, Map.of("getHeaders", HttpFields.build()));
    EventStreamConnection connection =
        Objects.requireNonNull(EventStreamConnection.takeOver(request, response));
    connection.watch(gone::add);
    return connection;
  }

  /** Jetty's interface, of which so much is needed. */
  private static <T> T jetty(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer == null) {
                throw new UnsupportedOperationException(method.toString());
              }
              return answer;
            }));
  }

  private TurnBuffer turn(EventStreamConnection connection, String text) {
    TurnBuffer turn = buffers.acquire(text.length(), connection.headRoom());
    turn.putAscii(text);
    return turn;
  }

  @Test
  void shouldHaveNoTimerWhileNothingIsWritten() throws IOException {
    EventStreamConnection connection = takeOver();
    assertThat(tasks.waiting).isEmpty();

    connection.write(turn(connection, "a"), written);

    assertThat(ends).hasSize(1).containsOnlyNulls();
    assertThat(tasks.waiting).isEmpty();
    assertThat(endPoint.takeOutputString(StandardCharsets.US_ASCII))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("\r\n\r\n1\r\na\r\n");
  }

  @Test
  void shouldWriteATurnAsOneChunkHoweverSlowlyItIsTaken() throws IOException {
    EventStreamConnection connection = takeOver();
    connection.write(turn(connection, "x".repeat(3 * SOCKET_BYTES)), written);
    assertThat(ends).isEmpty();

    StringBuilder taken = new StringBuilder();
    while (ends.isEmpty()) {
      taken.append(endPoint.takeOutputString(StandardCharsets.US_ASCII));
    }
    taken.append(endPoint.takeOutputString(StandardCharsets.US_ASCII));

    assertThat(ends).hasSize(1).containsOnlyNulls();
    assertThat(taken.toString()).endsWith("\r\n\r\n300\r\n" + "x".repeat(0x300) + "\r\n");
    assertThat(gone).isEmpty();
  }

  @Test
  void shouldSayOnceThatAWriteWasNotTaken() throws IOException {
    EventStreamConnection connection = takeOver();
    connection.write(turn(connection, "x".repeat(3 * SOCKET_BYTES)), written);

    TimeoutException idle = new TimeoutException("idle");
    connection.fail(idle);
    connection.fail(new TimeoutException("again"));

    assertThat(ends).containsExactly(idle);
    assertThat(gone).contains(idle);
    assertThat(endPoint.isOpen()).isFalse();
  }

  /** A scheduler whose time stands still. */
  private static final class WaitingTasks extends AbstractLifeCycle implements Scheduler {
    private final List<Task> waiting = new ArrayList<>();

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
      Task scheduled =
          new Task() {
            @Override
            public boolean cancel() {
              return waiting.remove(this);
            }
          };
      waiting.add(scheduled);
      return scheduled;
    }
  }
}
