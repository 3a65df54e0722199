package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TopicsCommandIT {
  @Test
  void shouldSayWhatIsMissingThenCreateIt() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      String at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();

      CommandRun missing = CommandRun.of("topics", "check", "--dev=true", at);
      assertThat(missing.exitCode()).isEqualTo(1);
      assertThat(missing.outLines())
          .contains(
              "refused: topic tailrace.users: it does not exist: run ./tailrace topics create",
              "no dispatcher works with these topics: 7 to mend");

      JsonNode report =
          JsonLine.read(CommandRun.of("topics", "check", "--dev=true", "--output=json", at).out());
      assertThat(report.path("works").asBoolean()).isFalse();
      assertThat(report.path("findings").valueStream().map(JsonNode::toString))
          .contains(
              "{\"topic\":\"tailrace.users\",\"severity\":\"missing\",\"text\":\"it does not exist:"
                  + " run ./tailrace topics create\"}");

      CommandRun created = CommandRun.of("topics", "create", "--dev=true", at);
      assertThat(created.exitCode()).as(created.err()).isZero();
      assertThat(created.outLines())
          .contains("created tailrace.users", "a dispatcher works with these topics");

      CommandRun found =
          CommandRun.of("topics", "check", "--dev=true", at, "--topics-lane-retention=48h");
      assertThat(found.exitCode()).isZero();
      assertThat(found.outLines())
          .hasSize(3)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("warning: topic tailrace.channels: retention.ms is 86400000, ")
                      .endsWith("--add-config retention.ms=172800000"));
    }
  }

  @Test
  void shouldCheckTheTopicsOfLanesThatHaveGrown() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      String at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
      assertThat(CommandRun.of("topics", "create", "--dev=true", at).exitCode()).isZero();
      NewTopic grown = new NewTopic("tailrace.users.g2", 16, (short) 1);
      admin.createTopics(List.of(grown.configs(Map.of("cleanup.policy", "compact")))).all().get();

      CommandRun check = CommandRun.of("topics", "check", "--dev=true", at);

      assertThat(check.exitCode()).isEqualTo(1);
      assertThat(check.outLines())
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("refused: topic tailrace.users.g2: cleanup.policy is compact, "));
    }
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    assertThat(CommandRun.of("topics", "delete").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("topics").err()).contains("check|create");
  }
}
