package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.ScriptedConsole.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a console that says what a test has written down. */
class TraceCommandTest {
  private static final String FOUND =
      """
      {"event":{"id":"goal-1","type":"goal","time":"2026-11-30T12:00:00Z","size":312},
       "found":true,"searched":{"from":"2026-11-30T11:45:00Z","records":12000,"complete":true},
       "deliveries":[{"lane":"channels","generation":1,"partition":2,"offset":18,
         "written":"2026-11-30T12:00:00.004Z","addresses":["scores"],
         "address_count":1,"asked_count":1,"source":{"topic":"tailrace.events","partition":0,"offset":100},
         "edges":[{"process":"edge-1","read":true,"followers":40,"delivered":39,"waiting":1,
           "connections":[{"process":"edge-1","id":7,"user":"42","transport":"sse","state":"lagging",
             "address":"192.0.2.7","since":"2026-11-30T09:00:00Z","pending_bytes":65536,"delivered":false}]}],
         "missing":["edge-\\u001b[2J"]}],
       "dead_letter":null}
      """;

  private static ScriptedConsole answering(int status, String body) throws Exception {
    return ScriptedConsole.answering(request -> new Answer(status, body));
  }

  @Test
  void shouldSayWhoGetsItThroughWhichPartitionAndWhereItIs() throws Exception {
    try (ScriptedConsole console = answering(200, FOUND)) {
      CommandRun run =
          CommandRun.of("trace", "goal-1", "--since", "2h", "--url", console.url() + "/");

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.outLines())
          .containsExactly(
              "event goal-1  type goal  time 2026-11-30T12:00:00Z  312 bytes",
              "for channels scores: generation 1, partition 2, offset 18",
              "  written 2026-11-30T12:00:00.004Z from tailrace.events-0@100",
              "  edge-1 has read it: 40 followers, 39 have it, 1 wait",
              "    waits   user 42  sse  lagging  from 192.0.2.7 since 2026-11-30T09:00:00Z  65536"
                  + " bytes pending",
              "  no answer from edge-\\u001b[2J",
              "searched 12000 records from 2026-11-30T11:45:00Z on");
      assertThat(console.requests()).containsExactly("/console/api/trace?event=goal-1&since=7200s");
    }
  }

  @Test
  void shouldPrintTheAnswerForScriptsInOneLineOfAscii() throws Exception {
    try (ScriptedConsole console = answering(200, FOUND)) {
      CommandRun run = CommandRun.of("trace", "goal-1", "--output", "json", "--url", console.url());

      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).matches("[ -~]+\\R");
      assertThat(JsonLine.read(run.out())).isEqualTo(JsonLine.read(FOUND));
    }
  }

  @Test
  void shouldAskByThePlace() throws Exception {
    try (ScriptedConsole console = answering(200, FOUND)) {
      CommandRun run =
          CommandRun.of(
              "trace", "--lane=users", "--partition=3", "--offset=9", "--url", console.url());

      assertThat(run.exitCode()).isZero();
      assertThat(console.requests())
          .containsExactly("/console/api/trace?lane=users&generation=1&partition=3&offset=9");
    }
  }

  @Test
  void shouldEndWithOneWhenItIsNotFoundAndSayHowFarItWasLookedFor() throws Exception {
    try (ScriptedConsole console =
        answering(
            200,
            "{\"found\":false,\"deliveries\":[],\"dead_letter\":null,"
                + "\"searched\":{\"from\":\"2026-11-30T11:45:00Z\",\"records\":200000,\"complete\":false}}")) {
      CommandRun run = CommandRun.of("trace", "no such", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.outLines().getFirst()).isEqualTo("not found");
      assertThat(run.outLines().get(1))
          .isEqualTo(
              "searched 200000 records from 2026-11-30T11:45:00Z on, which is not all: it may lie"
                  + " before that: give its place (--lane, --partition, --offset)");
      assertThat(console.requests()).containsExactly("/console/api/trace?event=no+such");
      assertThat(CommandRun.of("trace", "x", "--output=json", "--url", console.url()).exitCode())
          .isEqualTo(1);
    }
  }

  private static String delivered(int addresses, int asked, String edges, String missing) {
    return """
    {"found":true,"searched":null,"dead_letter":null,"ingress":null,
     "deliveries":[{"lane":"users","generation":1,"partition":2,"offset":18,"written":"noon",
       "addresses":["42"],"address_count":%d,"asked_count":%d,
       "source":{"topic":"t","partition":0,"offset":1},"edges":[%s],"missing":[%s]}]}
    """
        .formatted(addresses, asked, edges, missing);
  }

  private static List<String> followers(String answer) throws Exception {
    try (ScriptedConsole console = answering(200, answer)) {
      return CommandRun.of("trace", "x", "--url", console.url()).outLines().stream()
          .skip(2)
          .toList();
    }
  }

  @Test
  void shouldSayThatNobodyFollowsItOnlyWhereAllWereAskedAboutAllAndAnswered() throws Exception {
    String edge = "{\"process\":\"e\",\"read\":%s,\"followers\":0,\"delivered\":0,\"waiting\":0}";
    String idle = "  e %s: 0 followers, 0 have it, 0 wait";

    assertThat(followers(delivered(1, 1, edge.formatted(true), "")))
        .containsExactly(idle.formatted("has read it"), "  nobody who is connected follows it");
    assertThat(followers(delivered(1, 1, edge.formatted(false), "\"f\"")))
        .containsExactly(idle.formatted("does not follow it"), "  no answer from f");
    assertThat(followers(delivered(30, 20, edge.formatted(false), "")))
        .containsExactly("  asked about 20 of 30 addresses", idle.formatted("does not follow it"));
    assertThat(followers(delivered(1, 1, "", "\"e\",\"f\"")))
        .containsExactly("  no edge answered: e, f");
    assertThat(followers(delivered(1, 0, "", "")))
        .containsExactly("  not asked who follows it: the event has too many addresses");
  }

  @Test
  void shouldSayWhereInIngressItWaits() throws Exception {
    String waiting =
        "{\"found\":true,\"deliveries\":[],\"dead_letter\":null,\"searched\":null,\"ingress\":"
            + "{\"topic\":\"orders\",\"partition\":3,\"offset\":9,\"committed_offset\":7,"
            + "\"written\":\"noon\"}}";
    try (ScriptedConsole console = answering(200, waiting)) {
      assertThat(CommandRun.of("trace", "x", "--url", console.url()).outLines())
          .containsExactly(
              "it is in ingress, and in no lane yet: no dispatcher has routed it",
              "  written noon to orders-3@9; dispatched up to 7");
    }
  }

  @Test
  void shouldSendWhoFoundNothingInAllThatWasSearchedFurtherBack() throws Exception {
    String none =
        "{\"found\":false,\"deliveries\":[],"
            + "\"searched\":{\"from\":\"noon\",\"records\":2,\"complete\":true}}";
    try (ScriptedConsole console = answering(200, none)) {
      assertThat(CommandRun.of("trace", "x", "--url", console.url()).outLines())
          .containsExactly(
              "not found", "searched 2 records from noon on: look further back (--since)");
    }
  }

  @Test
  void shouldTellOfADeadLetterAndOfWhatIsNotRoutedYet() throws Exception {
    String dead =
        "{\"found\":true,\"deliveries\":[],\"dead_letter\":{\"reason\":\"data_too_large\","
            + "\"detail\":\"\\u001b]0;x\",\"source\":{\"topic\":\"tailrace.events\",\"partition\":1,\"offset\":5}}}";
    try (ScriptedConsole console = answering(200, dead)) {
      assertThat(CommandRun.of("trace", "x", "--url", console.url()).outLines())
          .isEqualTo(
              List.of(
                  "nobody gets it, it is a dead letter: data_too_large, \\u001b]0;x",
                  "  from tailrace.events-1@5"));
    }
    try (ScriptedConsole console =
        answering(200, "{\"found\":true,\"deliveries\":[],\"dead_letter\":null}")) {
      assertThat(CommandRun.of("trace", "x", "--url", console.url()).out())
          .contains("in no lane yet");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, bad since\\u0007",
    "401, asks for a token",
    "403, as localhost",
    "404, there is no console",
    "503, is Kafka there"
  })
  void shouldSayWhatARefusalMeans(int status, String words) throws Exception {
    try (ScriptedConsole console = answering(status, "{\"detail\":\"bad since\\u0007\"}")) {
      CommandRun run = CommandRun.of("trace", "x", "--url", console.url());

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains(words).doesNotContain("\u0007");
      assertThat(run.err().lines()).hasSize(1);
    }
  }

  @Test
  void shouldSayThatWhatAnswersIsNoEdgeOrNobodyDoes() throws Exception {
    try (ScriptedConsole console = answering(200, "<html>")) {
      assertThat(CommandRun.of("trace", "x", "--url", console.url()).err())
          .contains("is no console");
    }
    CommandRun run = CommandRun.of("trace", "x", "--url", "http://127.0.0.1:1");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("no edge at http://127.0.0.1:1");
  }

  @Test
  void shouldBringItsToken(@TempDir Path folder) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret-s3cret-s3cret");
    try (ScriptedConsole console = answering(200, FOUND)) {
      CommandRun run =
          CommandRun.of(
              "trace", "--operator-token-file", token.toString(), "x", "--url", console.url());

      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(console.requests())
          .containsExactly("/console/api/trace?event=x Bearer s3cret-s3cret-s3cret");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trace",
        "trace x --lane users --partition 1 --offset 1",
        "trace --lane users --partition 1",
        "trace --lane users --partition -1 --offset 1",
        "trace --lane nowhere --partition 1 --offset 1",
        "trace --lane users --partition 1 --offset 1 --since 5m",
        "trace x --since 25h",
        "trace x --since soon",
        "trace x y",
        "trace x --url nowhere"
      })
  void shouldRefuseWhatItCannotAsk(String arguments) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }
}
