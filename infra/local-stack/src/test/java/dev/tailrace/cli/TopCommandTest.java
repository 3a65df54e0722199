package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.ScriptedConsole.Answer;
import dev.tailrace.cli.ScriptedConsole.WebSocketEnd;
import dev.tailrace.cli.console.ConsoleAddress;
import dev.tailrace.cli.console.ConsoleException;
import dev.tailrace.cli.console.ConsoleFeed;
import dev.tailrace.cli.console.Fleets;
import dev.tailrace.infra.local.StopSignal;
import java.io.IOException;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Against a console that says what a test has written down. */
class TopCommandTest {
  private static final String WELCOME =
      "{\"welcome\":{\"edge\":\"edge-01\",\"may_act\":false,\"version\":\"1\"}}";

  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final StopSignal signal = StopSignal.manual();

  private static void welcome(Socket socket) throws IOException {
    WebSocketEnd.read(socket);
    WebSocketEnd.send(socket, WELCOME);
  }

  private static void tell(Socket socket, ObjectNode snapshot) throws IOException {
    WebSocketEnd.send(socket, Fleets.frame(snapshot));
  }

  @Test
  void shouldPrintOnceWhatIsNow() throws Exception {
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              welcome(socket);
              tell(socket, Fleets.of(2, 1));
              ScriptedConsole.stay(socket);
            })) {
      CommandRun run = CommandRun.of(signal, "top", "--once", "--url", console.url());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outLines().getFirst())
          .isEqualTo("tailrace  2026-11-30T12:00:00Z  live  told by edge-01");
      assertThat(run.outLines()).anyMatch(line -> line.startsWith("edge-02"));
      assertThat(run.out()).doesNotContain("\u001b");
      assertThat(console.requests()).containsExactly("/console/live");
    }
  }

  @Test
  void shouldEndWithOneWhenWhatIsToldOnceIsNotLive() throws Exception {
    ObjectNode fleet = Fleets.of(1, 1);
    ((ObjectNode) fleet.path("kafka")).put("reachable", false).put("silent_ms", 8_000);
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              welcome(socket);
              tell(socket, fleet);
              ScriptedConsole.stay(socket);
            })) {
      CommandRun run = CommandRun.of(signal, "top", "--once", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out())
          .startsWith("NOT LIVE: the edge has not heard from Kafka for 8 s; below is what was at ");
    }
  }

  @Test
  void shouldTellScriptsThatItIsNotLiveAndGoOnWhenTheEdgeIsBack() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    StringWriter out = new StringWriter();
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              welcome(socket);
              if (connections.incrementAndGet() == 1) {
                tell(socket, Fleets.of(1, 1));
                awaitLines(1, out);
                WebSocketEnd.close(socket, 1008, "too slow");
              } else {
                awaitLines(2, out);
                tell(socket, Fleets.of(2, 1));
                awaitLines(3, out);
                signal.request();
                ScriptedConsole.stay(socket);
              }
            })) {
      CommandRun run =
          CommandRun.of(signal, out, "top", "--output", "json", "--url", console.url());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outLines()).hasSize(3);
      JsonNode first = JsonLine.read(run.outLines().get(0));
      assertThat(first.path("live").asBoolean()).isTrue();
      assertThat(first.path("snapshot").path("totals").path("edges").asInt()).isEqualTo(1);
      JsonNode second = JsonLine.read(run.outLines().get(1));
      assertThat(second.path("live").asBoolean()).isFalse();
      assertThat(second.path("why").asString()).isEqualTo("the edge closed with 1008 too slow");
      assertThat(second.has("snapshot")).isFalse();
      JsonNode third = JsonLine.read(run.outLines().get(2));
      assertThat(third.path("snapshot").path("totals").path("edges").asInt()).isEqualTo(2);
    }
  }

  /** Where they do not come the command is ended, and its output says what has come. */
  private void awaitLines(int count, StringWriter out) {
    try {
      await().atMost(LONGEST).until(() -> out.toString().lines().count() >= count);
    } catch (ConditionTimeoutException e) {
      signal.request();
    }
  }

  @Test
  void shouldEndWhenItsTokenIsNotGoodAnyMore() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              if (connections.incrementAndGet() > 1) {
                WebSocketEnd.read(socket);
                WebSocketEnd.close(socket, 1008, "unauthorized");
              } else {
                welcome(socket);
                tell(socket, Fleets.of(1, 1));
                WebSocketEnd.close(socket, 1001, "restart");
              }
            })) {
      CommandRun run = CommandRun.of(signal, "top", "--output", "json", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("asks for a token");
      assertThat(connections).hasValue(2);
    }
  }

  @Test
  void shouldPrintOnlyAsciiForScripts() throws Exception {
    ObjectNode fleet = Fleets.of(1, 1);
    ((ObjectNode) fleet.path("hot").path(0)).put("address", "\u001b[2J\u009b\u202e\u007f");
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              welcome(socket);
              tell(socket, fleet);
              ScriptedConsole.stay(socket);
            })) {
      CommandRun run =
          CommandRun.of(signal, "top", "--once", "--output=json", "--url", console.url());

      assertThat(run.out()).matches("[ -~]+\\R");
      assertThat(
              JsonLine.read(run.out())
                  .path("snapshot")
                  .path("hot")
                  .path(0)
                  .path("address")
                  .asString())
          .isEqualTo("\u001b[2J\u009b\u202e\u007f");
    }
  }

  @Test
  void shouldTakeAnEdgeForDeadThatSaysNothing() throws Exception {
    try (ScriptedConsole console =
            ScriptedConsole.live(
                socket -> {
                  welcome(socket);
                  tell(socket, Fleets.of(1, 1));
                  ScriptedConsole.stay(socket);
                });
        ConsoleFeed feed =
            new ConsoleFeed(
                new ConsoleAddress(URI.create(console.url()), ""),
                System::nanoTime,
                Duration.ofMillis(100))) {
      Thread reader = Thread.startVirtualThread(() -> run(feed));
      await()
          .atMost(LONGEST)
          .until(() -> feed.state().notLive(0).equals("the edge has said nothing for 100 ms"));
      int connections = console.requests().size();
      await().atMost(LONGEST).until(() -> console.requests().size() > connections);
      reader.interrupt();
      reader.join();
    }
  }

  /** An edge that is late with its first snapshot ends a run, and is no trouble yet. */
  private static void run(ConsoleFeed feed) {
    try {
      while (!hasRun(feed)) {
        assertThat(feed.state().trouble()).isEmpty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasRun(ConsoleFeed feed) throws InterruptedException {
    try {
      feed.run();
      return true;
    } catch (ConsoleException e) {
      return false;
    }
  }

  @Test
  void shouldNotKeepASnapshotThatHasNoEnd() throws Exception {
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              welcome(socket);
              WebSocketEnd.send(socket, "x".repeat(17 << 20));
              ScriptedConsole.stay(socket);
            })) {
      CommandRun run = CommandRun.of(signal, "top", "--once", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("a snapshot is too long");
    }
  }

  @Test
  void shouldBringItsTokenAndNotPrintIt(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret-s3cret-s3cret");
    StringBuilder hello = new StringBuilder();
    try (ScriptedConsole console =
        ScriptedConsole.live(
            socket -> {
              hello.append(WebSocketEnd.read(socket));
              WebSocketEnd.close(socket, 1008, "unauthorized");
            })) {
      CommandRun run =
          CommandRun.of(
              signal, "top", "--url", console.url(), "--operator-token-file", token.toString());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("asks for a token").doesNotContain("s3cret");
      assertThat(run.err().lines()).hasSize(1);
      assertThat(hello).hasToString("{\"hello\":{\"token\":\"s3cret-s3cret-s3cret\"}}");
      assertThat(console.requests()).containsExactly("/console/live Bearer s3cret-s3cret-s3cret");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, asks for a token",
    "403, as localhost",
    "503, is Kafka there",
    "500, answers 500"
  })
  void shouldSayWhatARefusalMeans(int status, String words) throws Exception {
    try (ScriptedConsole console =
        ScriptedConsole.answering(request -> new Answer(status, "{\"detail\":\"no\"}"))) {
      CommandRun run = CommandRun.of(signal, "top", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(words);
      assertThat(run.err().lines()).hasSize(1);
    }
  }

  @Test
  void shouldSayThatNobodyListens() {
    CommandRun run = CommandRun.of(signal, "top", "--url", "http://127.0.0.1:1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no edge at http://127.0.0.1:1").contains("--url");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void shouldEndWhereNoEdgeCanBeAskedSo(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret-s3cret\ns3cret-s3cret");

    for (String command : List.of("top", "trace x")) {
      List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
      arguments.addAll(List.of("--operator-token-file", token.toString()));
      CommandRun broken = CommandRun.of(signal, arguments.toArray(String[]::new));
      assertThat(broken.exitCode()).isEqualTo(2);
      assertThat(broken.err()).contains("no header may hold").doesNotContain("s3cret");
    }
    CommandRun port = CommandRun.of(StopSignal.manual(), "top", "--url", "http://127.0.0.1:99999");
    assertThat(port.exitCode()).isEqualTo(1);
    assertThat(port.err().lines()).hasSize(1);
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    assertThat(CommandRun.of(signal, "top", "--url", "localhost").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of(signal, "top", "--interval", "0s").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of(signal, "top", "--output", "xml").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of(signal, "top", "edge-1").exitCode()).isEqualTo(2);
  }
}
