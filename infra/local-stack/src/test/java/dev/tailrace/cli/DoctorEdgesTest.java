package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.ScriptedConsole.Answer;
import dev.tailrace.cli.ScriptedConsole.WebSocketEnd;
import dev.tailrace.cli.console.ConsoleAddress;
import dev.tailrace.cli.console.ConsoleClient;
import dev.tailrace.cli.doctor.EdgeChecks;
import dev.tailrace.cli.doctor.ProxyChecks;
import dev.tailrace.cli.doctor.PublicAccess;
import dev.tailrace.infra.local.network.BadNetwork;
import dev.tailrace.infra.local.network.Condition;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in front of an edge, and what the edge says; there is no Kafka here. */
class DoctorEdgesTest {
  /** What is waited for comes at once; this passes only where something is wrong. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static Answer answer(String target) {
    if (target.equals("/readyz")) {
      return new Answer(200, "ready");
    }
    return target.startsWith("/console/api/channel")
        ? new Answer(
            200,
            "{\"connection_count\":1,\"connections\":[{\"address\":\"127.0.0.1\"}],\"missing\":[]}")
        : new Answer(404, "{}");
  }

  private static void begin(Socket socket) throws IOException {
    socket.getOutputStream().write(": tailrace\n\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static ScriptedConsole edge(Function<String, Answer> answers) throws IOException {
    return ScriptedConsole.edge(
        socket -> {
          WebSocketEnd.send(socket, "{\"welcome\":{}}");
          ScriptedConsole.stay(socket);
        },
        socket -> {
          begin(socket);
          ScriptedConsole.stay(socket);
        },
        answers);
  }

  /** The HTTP client would say all of it. */
  @ParameterizedTest
  @ValueSource(strings = {"s3cret\ns3cret", "s3cret\u0000", "s3cret\u00e9"})
  void shouldNotShowATokenThatNoHeaderMayHold(String token) {
    CommandRun run = CommandRun.of("doctor", "--token", token);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("the token holds what no header may hold");
    assertThat(run.out() + run.err()).doesNotContain("s3cret");
  }

  private static List<String> doctor(ScriptedConsole edge, String url) {
    return doctor(edge, url, "scores", Duration.ZERO);
  }

  private static List<String> doctor(
      ScriptedConsole edge, String url, String channel, Duration idle) {
    return doctor(edge, new PublicAccess(URI.create(url), channel, "42", ""), idle, PATIENCE);
  }

  /** What is looked at beside Kafka and this machine, each as a line. */
  private static List<String> doctor(
      ScriptedConsole edge, PublicAccess access, Duration idle, Duration firstBytes) {
    URI operator = URI.create(edge.url());
    ConsoleClient console = new ConsoleClient(new ConsoleAddress(operator, ""), PATIENCE);
    return Stream.of(
            new EdgeChecks(operator, true, PATIENCE, Duration.ofSeconds(5), InstantSource.system())
                .findings(),
            new ProxyChecks(access, idle, console, firstBytes).findings())
        .flatMap(List::stream)
        .map(
            one ->
                "%s %s: %s%s"
                    .formatted(
                        one.level(),
                        one.check(),
                        one.text(),
                        one.mend().isEmpty() ? "" : " | " + one.mend()))
        .toList();
  }

  private static BadNetwork before(ScriptedConsole edge, Condition condition) throws IOException {
    int port = URI.create(edge.url()).getPort();
    BadNetwork network =
        BadNetwork.open(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    network.become(condition);
    return network;
  }

  private static String url(BadNetwork network) {
    return "http://127.0.0.1:" + network.port();
  }

  @Test
  void shouldFindNothingWhereNothingIsInTheWay() throws Exception {
    try (ScriptedConsole edge = edge(DoctorEdgesTest::answer)) {
      List<String> lines = doctor(edge, edge.url(), "scores", Duration.ofMillis(200));

      assertThat(lines)
          .anyMatch(line -> line.startsWith("OK event stream: the first bytes came after "))
          .contains(
              "OK ready: " + edge.url() + " is ready",
              "OK websocket: it is upgraded, and the edge's welcome comes",
              "OK idle stream: it lasted 0 s; heartbeats are judged with more than --idle 30s",
              "OK forwarded headers: what a client says of its own address counts for nothing");
      assertThat(lines)
          .filteredOn(line -> !line.startsWith("OK"))
          .allMatch(line -> line.startsWith("PROBLEM clocks: ")); // the edge says that it is noon
    }
  }

  @Test
  void shouldFindAProxyThatCollectsStreams() throws Exception {
    try (ScriptedConsole edge = edge(DoctorEdgesTest::answer);
        BadNetwork network = before(edge, Condition.COLLECTING)) {
      PublicAccess access = new PublicAccess(URI.create(url(network)), "scores", "42", "");

      assertThat(doctor(edge, access, Duration.ZERO, Duration.ofMillis(100)))
          .anyMatch(
              line ->
                  line.startsWith(
                          "PROBLEM event stream: nothing of the stream came within 5100 ms: ")
                      && line.contains("proxy_buffering off"));
    }
  }

  @Test
  void shouldFindAProxyThatRefusesWebSockets() throws Exception {
    try (ScriptedConsole edge = edge(DoctorEdgesTest::answer);
        BadNetwork network = before(edge, Condition.NO_WEBSOCKETS)) {
      assertThat(doctor(edge, url(network)))
          .anyMatch(line -> line.startsWith("OK event stream"))
          .anyMatch(
              line ->
                  line.startsWith("PROBLEM websocket: its opening handshake is answered 502, ")
                      && line.contains("proxy_set_header Upgrade"));
    }
  }

  @Test
  void shouldFindAProxyThatCutsWhatIsIdle() throws Exception {
    try (ScriptedConsole edge =
        ScriptedConsole.edge(
            socket -> {},
            socket -> {
              begin(socket);
              socket.setSoTimeout(300);
              ScriptedConsole.stay(socket);
            },
            DoctorEdgesTest::answer)) {
      assertThat(doctor(edge, edge.url(), "scores", Duration.ofSeconds(30)))
          .anyMatch(
              line ->
                  line.startsWith("PROBLEM idle stream: it did not last 30 s: ")
                      && line.contains("proxy_read_timeout"));
    }
  }

  @Test
  void shouldFindThatTheEdgeBelievesWhatAClientSaysOfItsAddress() throws Exception {
    String forged =
        "{\"connections\":[{\"address\":\"127.0.0.1\"},{\"address\":\"203.0.113.77\"}]}";
    try (ScriptedConsole edge =
        edge(
            target ->
                target.startsWith("/console/api/channel?name=mine")
                    ? new Answer(200, forged)
                    : answer(target))) {
      assertThat(doctor(edge, edge.url(), "mine", Duration.ZERO))
          .anyMatch(
              line ->
                  line.startsWith(
                      "PROBLEM forwarded headers: the edge takes this client for 203.0.113.77, "));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"connection_count\":1,\"connections\":[{\"address\":\"::1\"}],\"missing\":[\"e\"]",
        "\"connection_count\":2,\"connections\":[{\"address\":\"::1\"}],\"missing\":[]",
        "\"connection_count\":0,\"connections\":[],\"missing\":[]"
      })
  void shouldNotPassForwardedHeadersWithoutHavingSeenAll(String told) throws Exception {
    try (ScriptedConsole edge =
        edge(
            target ->
                target.startsWith("/console/api/channel")
                    ? new Answer(200, "{" + told + "}")
                    : answer(target))) {
      assertThat(doctor(edge, edge.url()))
          .filteredOn(line -> line.contains("forwarded headers"))
          .singleElement()
          .asString()
          .startsWith("WARNING forwarded headers: not looked at: ")
          .contains("--channel that nobody else follows");
    }
  }

  @Test
  void shouldSayWhatItCouldNotLookAt() throws Exception {
    try (ScriptedConsole edge =
        edge(target -> target.startsWith("/v1/") ? new Answer(401, "{}") : answer(target))) {
      assertThat(doctor(edge, edge.url()))
          .anyMatch(
              line ->
                  line.startsWith(
                      "WARNING public address: streams and WebSockets are not looked at: the edge"
                          + " answers 401"));
    }
    try (ScriptedConsole edge =
        edge(target -> target.startsWith("/console/") ? new Answer(401, "{}") : answer(target))) {
      assertThat(doctor(edge, edge.url()))
          .anyMatch(line -> line.startsWith("WARNING forwarded headers: not looked at: "));
    }
  }

  @Test
  void shouldSayWhatAnEdgeWaitsForAndWhoDoesNotAnswer() throws Exception {
    try (ScriptedConsole edge =
        edge(
            target ->
                target.equals("/readyz")
                    ? new Answer(503, "lanes: \u001b[2Jnot there\nkafka: silent\n")
                    : answer(target))) {
      assertThat(doctor(edge, "http://127.0.0.1:1"))
          .anyMatch(
              line ->
                  line.startsWith(
                      "PROBLEM ready: %s is not ready: lanes: \\u001b[2Jnot there; kafka: silent | "
                          .formatted(edge.url())))
          .anyMatch(
              line ->
                  line.startsWith(
                      "PROBLEM public address: nobody answers at http://127.0.0.1:1: "));
    }
  }

  @Test
  void shouldNotTakeAHostThatDoesNotAnswerForAProxyThatCollects() throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ScriptedConsole edge = edge(DoctorEdgesTest::answer);
        ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 8; i++) { // more than it lets wait: the next is not answered
        SocketChannel channel = SocketChannel.open();
        waiting.add(channel);
        channel.configureBlocking(false);
        boolean _ = channel.connect(silent.getLocalSocketAddress());
      }

      assertThat(doctor(edge, "http://127.0.0.1:" + silent.getLocalPort()))
          .anyMatch(line -> line.startsWith("PROBLEM public address: nobody answers at "))
          .noneMatch(line -> line.contains("event stream"));
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void shouldEndSoonWithOneLineWhereThereIsNoKafka() throws Exception {
    try (ScriptedConsole edge = edge(DoctorEdgesTest::answer)) {
      long began = System.nanoTime();
      CommandRun run =
          CommandRun.of(
              "doctor",
              "--kafka-bootstrap-servers=127.0.0.1:1",
              "--timeout=5s",
              "--edge=" + edge.url(),
              "--public-url=" + edge.url());

      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(30);
      assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
      assertThat(run.outLines())
          .filteredOn(line -> line.contains("afka"))
          .satisfiesExactly(
              line ->
                  assertThat(line)
                      .isEqualTo(
                          "problem  kafka: no Kafka at 127.0.0.1:1: nobody answers within 5000 ms"),
              line -> assertThat(line).contains("mend: start it, or name another"));
      // More than these two where the stream's first bytes are late.
      long problems = run.outLines().stream().filter(one -> one.startsWith("problem ")).count();
      assertThat(run.outLines())
          .anyMatch(
              line -> line.matches("problem  clocks: the clock of http://\\S+ is at least .*"))
          .last()
          .asString()
          .matches(problems + " problems, \\d+ warnings, \\d+ ok");
    }
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    assertThat(CommandRun.of("doctor", "--edge", "localhost").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("doctor", "--public-url", "ftp://x").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("doctor", "--timeout", "0s").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("doctor", "--edge-prt", "1").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("doctor", "kafka").exitCode()).isEqualTo(2);
  }
}
