package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a long poll is answered with, and what the answer costs while nobody reads it. */
class AnswerTransportTest {
  private static final int SHARE = 1 << 20;
  private static final int LARGE = 1 << 20;
  private static final int LARGEST_COPY = 512 << 10;
  private static final long OF_EACH = 16 << 10;
  private static final int POLLS = 200;
  private static final int MORE_THAN_SOCKETS_TAKE = 16 << 20;
  private static final int TIMEOUT_S = 30;

  private final Server server = new Server();
  private final TurnBuffers buffers = new TurnBuffers(SHARE);
  private final EventEncoder encoder = new EventEncoder(new ClusterTag("abc"), key -> {});
  private final List<@Nullable Throwable> written = new ArrayList<>();
  private final List<@Nullable Throwable> completed = new ArrayList<>();

  @AfterEach
  void stop() {
    LifeCycle.stop(server);
  }

  private AnswerTransport poll(UnreadResponse response) {
    Callback callback = Callback.from(() -> completed.add(null), completed::add);
    return poll(response.asResponse(), callback);
  }

  private AnswerTransport poll(Response response, Callback callback) {
    return new AnswerTransport(
        Transport.Kind.POLL,
        response,
        callback,
        buffers,
        encoder,
        100,
        new RetryDelay(1, 2, new Random(1)),
        AnswerForm.PLAIN);
  }

  private static LogEntry entry(int bytes) {
    Event event =
        Event.newBuilder()
            .setId("e" + bytes)
            .setContentType("text/plain")
            .setData(ByteString.copyFrom("x".repeat(bytes), StandardCharsets.US_ASCII))
            .build();
    Delivery delivery = Delivery.newBuilder().setChannel("scores").setEvent(event).build();
    return new LogEntry(
        new LanePartition(Lane.CHANNELS, 1, 1),
        1,
        1_000,
        -1,
        "scores",
        List.of(),
        "",
        false,
        delivery.toByteArray());
  }

  private String json(int bytes) {
    return new String(encoder.encode(entry(bytes), EncodingKey.JSON), StandardCharsets.UTF_8);
  }

  /** As a delivery agent does: events until the answer is full. */
  private void answer(AnswerTransport poll, int bytesOfEach) {
    LogEntry entry = entry(bytesOfEach);
    while (!poll.isTurnFull()) {
      poll.event(entry, () -> "abc~c1-1.2");
    }
    poll.flush(() -> "abc~c1-1.2", written::add);
  }

  @Test
  void shouldCountAnswersThatAreNotReadAgainstTheShareOfAllConnections() {
    for (int i = 0; i < POLLS; i++) {
      answer(poll(new UnreadResponse()), 40 << 10);
    }

    assertThat(buffers.bytesInUse())
        .isBetween((long) SHARE, SHARE + LARGEST_COPY + POLLS * OF_EACH);
  }

  @Test
  void shouldNotCopyALongEventForEachOfItsReaders() {
    for (int i = 0; i < POLLS; i++) {
      answer(poll(new UnreadResponse()), LARGE);
    }

    assertThat(buffers.bytesInUse()).isLessThanOrEqualTo(POLLS * OF_EACH);
  }

  @Test
  void shouldAnswerWithAllThatWasAddedAndGiveTheBufferBack() {
    UnreadResponse response = new UnreadResponse();
    AnswerTransport poll = poll(response);
    poll.event(entry(1), () -> "");
    poll.event(entry(2), () -> "");
    poll.flush(() -> "abc~c1-1.2", written::add);
    assertThat(written).isEmpty();

    response.takeAll();

    assertAnswered(response, json(1) + "," + json(2));
  }

  @Test
  void shouldAnswerWithALongEventInItsPlace() {
    UnreadResponse response = new UnreadResponse();
    AnswerTransport poll = poll(response);
    poll.event(entry(1), () -> "");
    poll.event(entry(LARGE), () -> "");
    assertThat(poll.isTurnFull()).isTrue();
    poll.flush(() -> "abc~c1-1.2", written::add);

    response.takeAll();

    assertAnswered(response, json(1) + "," + json(LARGE));
  }

  @Test
  void shouldAnswerWithALongEventAlone() {
    UnreadResponse response = new UnreadResponse();
    answer(poll(response), LARGE);

    response.takeAll();

    assertAnswered(response, json(LARGE));
  }

  private void assertAnswered(UnreadResponse response, String events) {
    assertThat(response.written())
        .isEqualTo("{\"cursor\":\"abc~c1-1.2\",\"gaps\":[],\"events\":[" + events + "]}");
    assertThat(response.isWhole()).isTrue();
    assertThat(response.headers().getLongField(HttpHeader.CONTENT_LENGTH))
        .isEqualTo(response.written().length());
    assertThat(written).hasSize(1).containsOnlyNulls();
    assertThat(completed).hasSize(1).containsOnlyNulls();
    assertThat(buffers.bytesInUse()).isZero();
  }

  @Test
  void shouldSayOnceThatAnAnswerCouldNotBeWritten() {
    UnreadResponse response = new UnreadResponse();
    answer(poll(response), LARGE);
    IOException cut = new IOException("cut");

    response.breakOff(cut);

    assertThat(written).containsExactly(cut);
    assertThat(completed).containsExactly(cut);
    assertThat(buffers.bytesInUse()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "REVOKED, 401, revoked, false",
    "TOKEN_EXPIRED, 401, token_expired, true",
    "DISCONNECTED, 503, disconnected, true",
  })
  void shouldSayWhyItIsNotAnswered(
      DisconnectReason reason, int status, String code, boolean comesBack) {
    UnreadResponse response = new UnreadResponse();
    poll(response).close(reason);
    response.takeAll();

    assertThat(response.written())
        .contains("\"status\":" + status)
        .contains("\"code\":\"" + code + "\"");
    assertThat(response.headers().contains(HttpHeader.RETRY_AFTER)).isEqualTo(comesBack);
  }

  @Test
  void shouldNameTheChannelThatIsGrantedNoMoreAndSayNothingElse() {
    UnreadResponse response = new UnreadResponse();
    AnswerTransport poll = poll(response);
    poll.event(entry(1), () -> "");
    poll.notice(new Notice.CommandError(-1, "not_granted", "revoked", "scores"), () -> "");
    poll.close(DisconnectReason.REVOKED);
    response.takeAll();

    assertThat(response.written())
        .contains("\"status\":403", "\"code\":\"not_granted\"", "\"channel\":\"scores\"")
        .doesNotContain("events");
  }

  @Test
  void shouldCutWhoMayNotHaveAnyMoreWhatHeDoesNotRead() {
    AnswerTransport poll = poll(new UnreadResponse());
    answer(poll, 10);

    poll.close(DisconnectReason.REVOKED);

    assertThat(completed).singleElement().isInstanceOf(IOException.class);
  }

  @Test
  void shouldCutWhoIsTooSlowToReadHisAnswer() {
    AnswerTransport poll = poll(new UnreadResponse());
    answer(poll, 10);

    poll.close(DisconnectReason.SHUTDOWN);
    assertThat(completed).as("any other may read it to its end").isEmpty();
    poll.close(DisconnectReason.LAGGING);

    assertThat(completed).singleElement().isInstanceOf(TimeoutException.class);
  }

  @Test
  void shouldCutASocketThatDoesNotTakeTheAnswer() throws Exception {
    CompletableFuture<AnswerTransport> answering = new CompletableFuture<>();
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    ServerConnector connector = new ServerConnector(server);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            AnswerTransport poll = poll(response, callback);
            poll.event(entry(MORE_THAN_SOCKETS_TAKE), () -> "");
            poll.flush(() -> "abc~c1-1.2", failed::complete);
            answering.complete(poll);
            return true;
          }
        });
    server.start();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(TIMEOUT_S));
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      answering.get(TIMEOUT_S, TimeUnit.SECONDS).close(DisconnectReason.LAGGING);

      assertThat(failed.get(TIMEOUT_S, TimeUnit.SECONDS)).isNotNull();
      assertThat(bytesUntilTheEnd(socket)).isLessThan(MORE_THAN_SOCKETS_TAKE);
    }
  }

  private static long bytesUntilTheEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return 0; // reset
    }
  }

  @Test
  void shouldStillBeAnsweredWhenItsTurnCouldNotBeMade() throws Exception {
    LocalConnector connector = new LocalConnector(server);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            AnswerTransport poll = poll(response, callback);
            assertThatThrownBy(() -> poll.flush(AnswerTransportTest::noCursor, failure -> {}))
                .hasMessage("no cursor");
            poll.close(DisconnectReason.FAILED);
            return true;
          }
        });
    server.start();

    String answer = connector.getResponse("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 503");
    assertThat(buffers.bytesInUse()).isZero();
  }

  private static String noCursor() {
    throw new IllegalStateException("no cursor");
  }
}
