package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/** One Kafka that is made worse step by step. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DoctorCommandIT {
  private static final long BEHIND_MS = 12_000;

  /** Surely so: less by what a look takes, more by what a record does; 5 s are a problem. */
  private static final String SOME_SECONDS = "([5-9]|1[0-9])\\.[0-9]";

  private static EmbeddedKafka kafka;
  private static Admin admin;

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stopKafka() {
    admin.close(Duration.ZERO);
    kafka.close();
  }

  private static String at() {
    return "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
  }

  private static void set(ConfigResource.Type type, String name, String key, String value)
      throws Exception {
    AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    admin
        .incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(change)))
        .all()
        .get();
  }

  @Test
  @Order(1)
  void shouldSayWhatIsMissingAndThatItMayBeCreated() {
    CommandRun run = CommandRun.of("doctor", "--dev=true", at());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outLines())
        .contains(
            "problem  topics: tailrace.users: it does not exist",
            "         mend: run ./tailrace topics create");
  }

  @Test
  @Order(2)
  void shouldFindNoProblemWhereAllIsWellAndChangeNothing() throws Exception {
    assertThat(CommandRun.of("topics", "create", "--dev=true", at()).exitCode()).isZero();
    var before = admin.listTopics().names().get();

    CommandRun run = CommandRun.of("doctor", "--dev=true", at());

    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.outLines())
        .anyMatch(line -> line.startsWith("ok       kafka: 1 broker answers, after "))
        .anyMatch(
            line -> line.startsWith("ok       features: ") && line.contains("metadata.version"))
        .contains("ok       topics: all are there; lanes take records from 20 s ago to 5 s ahead")
        .anyMatch(line -> line.startsWith("ok       broker settings: "))
        .anyMatch(line -> line.startsWith("ok       partitions: "))
        .anyMatch(line -> line.startsWith("ok       clocks: the controller's clock agrees"));
    assertThat(admin.listTopics().names().get()).isEqualTo(before);
  }

  @Test
  @Order(5)
  void shouldFindAProcessWhoseClockIsWrong() throws Exception {
    assertThat(doctorWhileProcessesReport().outLines())
        .anyMatch(line -> line.startsWith("ok       clocks: process edge-1's clock agrees"))
        .anyMatch(
            line ->
                line.matches(
                    "problem  clocks: process edge-2\\\\u001b\\[2J's clock is at least "
                        + SOME_SECONDS
                        + " s behind the controller's"));
  }

  @Test
  @Order(6)
  void shouldNotTakeTheBrokersTimeForThatOfProcesses() throws Exception {
    set(ConfigResource.Type.TOPIC, Topics.FLEET, "message.timestamp.type", "LogAppendTime");

    assertThat(doctorWhileProcessesReport().outLines())
        .noneMatch(line -> line.contains("process edge-"))
        .anyMatch(
            line ->
                line.startsWith(
                    "warning  clocks: those of edges and dispatchers cannot be judged:"
                        + " tailrace.fleet bears its broker's time"))
        .anyMatch(line -> line.endsWith("--add-config message.timestamp.type=CreateTime"));
  }

  private static CommandRun doctorWhileProcessesReport() throws Exception {
    try (Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        ScheduledExecutorService reports = Executors.newSingleThreadScheduledExecutor()) {
      report(producer, "edge-1", 0).get();
      var _ =
          reports.scheduleAtFixedRate(
              () -> {
                var _ = report(producer, "edge-1", 0);
                var _ = report(producer, "edge-2\u001b[2J", -BEHIND_MS);
              },
              0,
              200,
              TimeUnit.MILLISECONDS);

      CommandRun run = CommandRun.of("doctor", "--dev=true", at());

      reports.shutdownNow();
      return run;
    }
  }

  private static Future<RecordMetadata> report(
      Producer<byte[], byte[]> producer, String process, long aheadMs) {
    return producer.send(
        new ProducerRecord<>(
            Topics.FLEET,
            0,
            System.currentTimeMillis() + aheadMs,
            ("process/" + process).getBytes(StandardCharsets.UTF_8),
            new byte[1]));
  }

  @Test
  @Order(3)
  void shouldFindSettingsThatGuaranteesCannotRestOn() throws Exception {
    set(
        ConfigResource.Type.TOPIC,
        Topics.USERS,
        "message.timestamp.before.max.ms",
        Long.toString(Long.MAX_VALUE));
    set(ConfigResource.Type.TOPIC, Topics.CHANNELS, "retention.ms", "1000000");
    set(ConfigResource.Type.BROKER, "", "message.max.bytes", "1000000");
    set(ConfigResource.Type.BROKER, "", "producer.id.expiration.ms", "60000");

    CommandRun run = CommandRun.of("doctor", "--dev=true", "--output=json", at());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).matches("[ -~]+\\R");
    JsonNode report = JsonLine.read(run.out());
    assertThat(report.path("problems").asInt()).isEqualTo(1);
    assertThat(report.path("findings").valueStream().map(DoctorCommandIT::line))
        .anyMatch(
            line ->
                line.startsWith(
                        "problem topics tailrace.users: message.timestamp.before.max.ms is ")
                    && line.endsWith("--add-config message.timestamp.before.max.ms=20000"))
        .anyMatch(
            line -> line.startsWith("warning topics tailrace.channels: retention.ms is 1000000"))
        .anyMatch(
            line ->
                line.startsWith("warning broker settings broker 1: message.max.bytes is 1000000"))
        .anyMatch(
            line ->
                line.startsWith(
                    "warning broker settings broker 1: producer.id.expiration.ms is 60000"));
  }

  private static String line(JsonNode finding) {
    return "%s %s %s | %s"
        .formatted(
            finding.path("level").asString(),
            finding.path("check").asString(),
            finding.path("text").asString(),
            finding.path("mend").asString());
  }

  @Test
  @Order(4)
  void shouldAskForReplicasOutsideDevelopment() {
    CommandRun run = CommandRun.of("doctor", at());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outLines())
        .anyMatch(
            line -> line.startsWith("problem  broker settings: broker 1: min.insync.replicas is 1"))
        .anyMatch(
            line ->
                line.startsWith(
                    "problem  broker settings: broker 1: offsets.topic.replication.factor is 1"))
        .anyMatch(
            line -> line.startsWith("problem  topics: tailrace.users: min.insync.replicas is 1"));
  }
}
