package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DeadLettersCommandIT {
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
  void shouldShowWhatWasTooLongAndWriteItAgainWhenItIsNot() {
    try (Dispatcher _ = dispatcher("10")) {
      assertThat(publish("short").exitCode()).isZero();
      assertThat(publish("longer than ten").exitCode()).isZero();
      await().atMost(PATIENCE).until(() -> list().outLines().size() == 1);
      assertThat(list().outLines())
          .first()
          .asString()
          .matches("0-0 \\S+Z data_too_large tailrace\\.events-\\d@\\d \\d+ bytes .*15.*10.*");
      assertThat(list("--reason", "no_address").outLines()).isEmpty();
      JsonNode letter = JsonLine.read(list("--output", "json").out());
      assertThat(letter.path("id").asString()).isEqualTo("0-0");
      assertThat(letter.path("reason").asString()).isEqualTo("data_too_large");
      assertThat(letter.path("source").path("topic").asString()).isEqualTo("tailrace.events");
    }
    try (Dispatcher _ = dispatcher("1m")) {
      await().atMost(PATIENCE).until(() -> laneRecords() == 1);
      CommandRun replay = CommandRun.of("dead-letters", "replay", "--id", "0-0", at);
      assertThat(replay.exitCode()).as(replay.err()).isZero();
      assertThat(replay.outLines())
          .satisfiesExactly(
              line -> assertThat(line).matches("0-0 is tailrace\\.events-\\d@\\d now"),
              line -> assertThat(line).isEqualTo("1 written again"));
      await().atMost(PATIENCE).until(() -> laneRecords() == 2);
      assertThat(list().outLines()).as("the old one stays, alone").hasSize(1);

      CommandRun unknown = CommandRun.of("dead-letters", "replay", "--id", "0-99", at);
      assertThat(unknown.exitCode()).isEqualTo(1);
      assertThat(unknown.err()).contains("there is no 0-99");
    }
  }

  @Test
  void shouldSayWhatItCannotDo() {
    CommandRun without = CommandRun.of("dead-letters", "list", at);
    assertThat(without.exitCode()).isEqualTo(1);
    assertThat(without.err()).contains("tailrace.dead-letters does not exist");

    CommandRun all = CommandRun.of("dead-letters", "replay", at);
    assertThat(all.exitCode()).isEqualTo(2);
    assertThat(all.err()).contains("--id, --reason or --last");

    assertThat(CommandRun.of("dead-letters", "replay", "--last=1", "--output=json", at).exitCode())
        .isEqualTo(2);

    CommandRun reason = CommandRun.of("dead-letters", "list", "--reason", "bad_luck", at);
    assertThat(reason.exitCode()).isEqualTo(2);
    assertThat(reason.err()).contains("no reason bad_luck").contains("no_address");
  }

  private Dispatcher dispatcher(String longestData) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    settings.put("dev", "true");
    settings.put("dispatcher.operator.port", "0");
    settings.put("topics.ingress.partitions", "1");
    settings.put("topics.users.partitions", "1");
    settings.put("topics.channels.partitions", "2");
    settings.put("event.data.max", longestData);
    return Dispatcher.start(Settings.of(settings));
  }

  private CommandRun publish(String data) {
    CommandRun run = CommandRun.of("publish", "scores", "--data", data, "--output=json", at);
    assertThat(JsonLine.read(run.out()).path("topic").asString()).isEqualTo("tailrace.events");
    assertThat(JsonLine.read(run.out()).path("offset").isNumber()).isTrue();
    return run;
  }

  private CommandRun list(String... options) {
    String[] arguments = new String[options.length + 3];
    arguments[0] = "dead-letters";
    arguments[1] = "list";
    arguments[2] = at;
    System.arraycopy(options, 0, arguments, 3, options.length);
    return CommandRun.of(arguments);
  }

  private long laneRecords() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (int partition : List.of(0, 1)) {
        ends.put(new TopicPartition(Topics.CHANNELS, partition), OffsetSpec.latest());
      }
      return admin.listOffsets(ends).all().get().values().stream()
          .mapToLong(end -> end.offset())
          .sum();
    }
  }
}
