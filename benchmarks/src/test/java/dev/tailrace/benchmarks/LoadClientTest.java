package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.benchmarks.LoadTarget.Framing;
import dev.tailrace.benchmarks.OpeningRound.Opening;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that do not do what they should: a client says so, and goes on. */
class LoadClientTest {
  private static final int CONNECTIONS = 3;
  private static final int ROUND = 8;
  private static final long LONGEST_S = 30;
  private static final Duration NEVER = Duration.ofDays(1);
  private static final String SOCKET_HEAD = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  private static final String STREAM_HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static final LoadPlan PLAN = new LoadPlan(CONNECTIONS, 1, false, 1, 256, 1, 0, 0, 0, 2);

  /** What is opened must say "ready" before events may come. */
  private record Target(InetSocketAddress address, Framing framing) implements LoadTarget {
    @Override
    public String path(int connection) {
      return "/";
    }

    @Override
    public String readyMark() {
      return "ready";
    }
  }

  private static LoadClient client(LoadTarget target, Duration openedWithin) throws IOException {
    return LoadClient.start(target, PLAN, new Published(1), 7, openedWithin);
  }

  private static Opening open(LoadTarget target, Duration openedWithin) throws Exception {
    try (LoadClient client = client(target, openedWithin)) {
      return client.open().get(LONGEST_S, TimeUnit.SECONDS);
    }
  }

  private static void assertFailsToOpen(ScriptedServer server, Framing framing, String reason)
      throws Exception {
    assertFailed(open(new Target(server.address(), framing), NEVER), reason);
  }

  private static void assertFailed(Opening opening, String reason) {
    assertThat(opening.ready()).isZero();
    assertThat(opening.failed()).isEqualTo(CONNECTIONS);
    assertThat(opening.firstFailure()).contains(reason);
  }

  @Test
  void shouldOpenWhatIsThere() throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter(SOCKET_HEAD + "\u0081\u0005ready")) {
      Opening opening = open(new Target(server.address(), Framing.WEBSOCKET_TEXT), NEVER);

      assertThat(opening.ready()).isEqualTo(CONNECTIONS);
      assertThat(opening.failed()).isZero();
    }
  }

  @Test
  void shouldSayThatAConnectionWasRefused() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      // Nobody else is given this port at once.
      nobody = new InetSocketAddress("127.0.0.1", socket.getLocalPort());
    }

    assertFailed(open(new Target(nobody, Framing.EVENT_STREAM), NEVER), "refused");
  }

  @Test
  void shouldSayThatAHostIsUnknown() throws Exception {
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("no-such-host.invalid", 80);

    assertFailed(open(new Target(unknown, Framing.EVENT_STREAM), NEVER), "no-such-host.invalid");
  }

  @Test
  void shouldSayThatTheServerHungUpBeforeItsAnswerWasWhole() throws Exception {
    try (ScriptedServer server = ScriptedServer.hangingUpAfter("HTTP/1.1 200 OK\r\nServ")) {
      assertFailsToOpen(server, Framing.EVENT_STREAM, "closed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EVENT_STREAM, HTTP/1.1 503 Service Unavailable",
    "EVENT_STREAM, HTTP/1.1 101 Switching Protocols",
    "WEBSOCKET_TEXT, HTTP/1.1 200 OK",
    "WEBSOCKET_BINARY, SSH-2.0-OpenSSH_9.6"
  })
  void shouldTellAnotherAnswer(Framing framing, String statusLine) throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter(statusLine + "\r\n\r\n")) {
      assertFailsToOpen(server, framing, statusLine);
    }
  }

  @Test
  void shouldNotReadAHeadForEver() throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter("x".repeat(20_000))) {
      assertFailsToOpen(server, Framing.EVENT_STREAM, "the answer was xxx");
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Reserved bits, a mask, and lengths that no frame has: of 8 bytes, the last negative.
    "\u00ff\u00ff\u00ff, reserved bits",
    "\u0081\u0085, masked",
    "'\u0089~\u0001\u0000', a control frame of 256 bytes",
    "\u0081\u007f\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffxx, a frame of"
        + " 9223372036854775807",
    "\u0081\u007f\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000xx, a frame of 4294967296 bytes",
    "\u0081\u007f\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000xx, a frame of"
        + " -9223372036854775808"
  })
  void shouldEndAtWhatIsNoFrame(String bytes, String reason) throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter(SOCKET_HEAD + bytes)) {
      assertFailsToOpen(server, Framing.WEBSOCKET_BINARY, reason);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'hello\r\n', no chunk",
    "'7fffffffffffffff\r\nxx', no chunk",
    "'ffffffffffffffff\r\nxx', no chunk",
    "'0\r\n', the stream was ended"
  })
  void shouldEndAtWhatIsNoChunk(String bytes, String reason) throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter(STREAM_HEAD + bytes)) {
      assertFailsToOpen(server, Framing.EVENT_STREAM, reason);
    }
  }

  @Test
  void shouldGiveUpOnServersThatDoNotAnswer() throws Exception {
    try (ScriptedServer server = ScriptedServer.holdingAfter("")) {
      Target target = new Target(server.address(), Framing.EVENT_STREAM);

      assertFailed(open(target, Duration.ofMillis(50)), "not open within");
    }
  }

  @Test
  void shouldCountWhatIsClosedOnceItIsOpen() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.hangingUpAfter(
                SOCKET_HEAD + "\u0081\u0005ready\u0088\u0002\u0003\u00e9");
        LoadClient client = client(new Target(server.address(), Framing.WEBSOCKET_TEXT), NEVER)) {
      Opening opening = client.open().get(LONGEST_S, TimeUnit.SECONDS);

      assertThat(opening.firstFailure()).contains("closed with code 1001");
      LoadClient.Counts counts = client.counts().get(LONGEST_S, TimeUnit.SECONDS);
      assertThat(counts.endedByServer()).isEqualTo(CONNECTIONS);
      assertThat(counts.open()).isZero();
    }
  }

  /** Ready sockets are many and full under an overload: a round over them takes seconds. */
  @Test
  void shouldAnswerBetweenTheSocketsOfARound() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answeringTogether(ROUND, SOCKET_HEAD + "\u0081\u0005ready")) {
      AskingTarget target = new AskingTarget(server);
      LoadPlan plan = new LoadPlan(ROUND, 1, false, 1, 256, 1, 0, 0, 0, ROUND);
      try (LoadClient client = LoadClient.start(target, plan, new Published(1), 7, NEVER)) {
        target.client.complete(client);
        client.open().get(LONGEST_S, TimeUnit.SECONDS);
      }

      assertThat(target.unanswered).hasValue(0);
    }
  }

  /**
   * Asks on the client's own thread, for each connection as its answer is read, and looks whether
   * what it asked for the one before has been answered; the first waits until the others' answers
   * have come too, so that these are read in one round.
   */
  private static final class AskingTarget implements LoadTarget {
    final CompletableFuture<LoadClient> client = new CompletableFuture<>();
    final AtomicInteger unanswered = new AtomicInteger();
    private final ScriptedServer server;
    private @Nullable CompletableFuture<LoadClient.Counts> asked;

    AskingTarget(ScriptedServer server) {
      this.server = server;
    }

    @Override
    public InetSocketAddress address() {
      return server.address();
    }

    @Override
    public Framing framing() {
      return Framing.WEBSOCKET_TEXT;
    }

    @Override
    public String path(int connection) {
      return "/";
    }

    @Override
    public String readyMark() {
      return "ready";
    }

    @Override
    public byte[] firstMessage(int connection) {
      if (asked == null) {
        server.awaitAnswered();
      } else if (!asked.isDone()) {
        unanswered.incrementAndGet();
      }
      asked = client.join().counts();
      return new byte[0];
    }
  }

  @Test
  void shouldFailWhatIsAskedOnceItHasEnded() throws Exception {
    LoadTarget target =
        new LoadTarget() {
          @Override
          public InetSocketAddress address() {
            throw new IllegalStateException("no address");
          }

          @Override
          public Framing framing() {
            return Framing.EVENT_STREAM;
          }

          @Override
          public String path(int connection) {
            return "/";
          }

          @Override
          public String readyMark() {
            return "ready";
          }
        };
    try (LoadClient client = client(target, NEVER)) {
      assertThatThrownBy(() -> client.open().get(LONGEST_S, TimeUnit.SECONDS))
          .hasRootCauseMessage("no address");
      assertThatThrownBy(() -> client.counts().get(LONGEST_S, TimeUnit.SECONDS))
          .hasRootCauseMessage("no address");
    }
  }
}
