package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SlotsCommandIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private EmbeddedKafka kafka;
  private String at = "";

  @BeforeEach
  void startKafka() {
    kafka = EmbeddedKafka.start();
    at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
  }

  @AfterEach
  void stopKafka() {
    kafka.close();
  }

  @Test
  void shouldMoveSlotsAndShowWhereTheyLie() {
    try (Dispatcher dispatcher = dispatcher()) {
      await().atMost(PATIENCE).until(dispatcher::isReady);
      CommandRun grow = run("grow", "--lane", "channels", "--partitions", "4");
      assertThat(grow.exitCode()).as(grow.err()).isZero();
      assertThat(grow.outLines()).first().isEqualTo("asked for: channels to 4 partitions");
      assertThat(grow.outLines()).last().isEqualTo("settled: version 2 holds");

      CommandRun isolate = run("isolate", "--channel", "scores");
      assertThat(isolate.exitCode()).as(isolate.err()).isZero();
      assertThat(isolate.outLines()).last().isEqualTo("settled: version 3 holds");

      assertThat(run("show", "--lane", "channels", "--address", "scores").outLines())
          .singleElement()
          .asString()
          .matches("scores is slot \\d+ of channels, on tailrace\\.channels\\.g3-0");
      assertThat(run("show").outLines())
          .satisfiesExactly(
              line -> assertThat(line).isEqualTo("version 3"),
              line -> assertThat(line).isEqualTo("users: 1 partitions in generation 1"),
              line ->
                  assertThat(line)
                      .matches(
                          "channels: 4 partitions in generation 2; isolated: slot \\d+ on"
                              + " tailrace\\.channels\\.g3"),
              line ->
                  assertThat(line)
                      .matches(
                          "version 2: channels in tailrace\\.channels\\.g2 with 4 partitions,"
                              + " settled \\S+Z"),
              line ->
                  assertThat(line)
                      .matches(
                          "version 3: slot \\d+ of channels alone in tailrace\\.channels\\.g3,"
                              + " settled \\S+Z"));
      assertToldToScripts();
      assertRefused("is isolated already", "isolate", "--channel", "scores");
      assertRefused("$broadcast", "isolate", "--channel", "$broadcast");
      assertRefused("has 4 partitions", "grow", "--lane", "channels", "--partitions", "4");
      assertRefused("4,096 partitions at most", "grow", "--lane", "users", "--partitions", "5000");
    }
    assertThat(run("isolate", "--user", "42", "--patience", "1"))
        .satisfies(
            run -> assertThat(run.exitCode()).isEqualTo(1),
            run -> assertThat(run.err()).contains("no dispatcher has answered within 1 s"));
    assertThat(run("show", "--dispatcher-ingress-topics=tailrace.events,not.there").outLines())
        .last()
        .asString()
        .startsWith("asked for: slot ");
    assertThat(
            stoppedWhenAsked(
                "asked for: users to 2 partitions", "grow", "--lane", "users", "--partitions", "2"))
        .satisfies(
            run -> assertThat(run.exitCode()).isEqualTo(1),
            run -> assertThat(run.err()).contains("the dispatchers go on with it"));
    try (Dispatcher _ = dispatcher()) {
      await().atMost(PATIENCE).until(() -> run("show").outLines().getFirst().equals("version 5"));
    }
  }

  @Test
  void shouldSayWhatItCannotDo() {
    assertThat(run("show").err()).contains("tailrace.users does not exist");
    assertThat(run("isolate").exitCode()).isEqualTo(2);
    assertThat(run("isolate", "--slot", "7").err()).contains("--lane and --slot");
    assertThat(run("isolate", "--channel", "a", "--user", "b").exitCode()).isEqualTo(2);
    assertThat(run("isolate", "--channel=a", "--output=json").exitCode()).isEqualTo(2);
    assertThat(run("grow", "--lane", "channels").err()).contains("--partitions");
    assertThat(run("show", "--address", "scores").err()).contains("--lane");
  }

  private void assertToldToScripts() {
    JsonNode slots = JsonLine.read(run("show", "--output=json").out());
    assertThat(slots.path("version").asInt()).isEqualTo(3);
    assertThat(slots.path("lanes").path(1).path("generations").toString())
        .isEqualTo(
            "[{\"generation\":2,\"partitions\":4,\"slots\":4095},"
                + "{\"generation\":3,\"partitions\":1,\"slots\":1}]");
    assertThat(slots.path("moves").size()).isEqualTo(2);
    JsonNode place =
        JsonLine.read(run("show", "--lane=channels", "--address=scores", "--output=json").out());
    assertThat(place.path("topic").asString()).isEqualTo("tailrace.channels.g3");
  }

  private void assertRefused(String why, String... arguments) {
    CommandRun run = run(arguments);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(why).hasLineCount(1);
  }

  private CommandRun run(String... arguments) {
    return run(StopSignal.manual(), arguments);
  }

  /** Stopped when the request stands, for which it waits. */
  private CommandRun stoppedWhenAsked(String asked, String... arguments) {
    StopSignal signal = StopSignal.manual();
    CompletableFuture<Void> stop =
        CompletableFuture.runAsync(
            () -> {
              await().atMost(PATIENCE).until(() -> run("show").outLines().contains(asked));
              signal.request();
            });
    CommandRun run = run(signal, arguments);
    stop.join();
    return run;
  }

  private CommandRun run(StopSignal signal, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "slots";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = at;
    return CommandRun.of(signal, all);
  }

  private Dispatcher dispatcher() {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("dev", "true");
    settings.put("dispatcher.operator.port", "0");
    settings.put("topics.ingress.partitions", "1");
    settings.put("topics.users.partitions", "1");
    settings.put("topics.channels.partitions", "2");
    return Dispatcher.start(Settings.of(settings));
  }
}
