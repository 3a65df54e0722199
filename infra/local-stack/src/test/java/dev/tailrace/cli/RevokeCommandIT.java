package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Revocation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code tailrace revoke} and {@code tailrace disconnect}, and what they leave in the topic. */
class RevokeCommandIT {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.CONTROL, 0);

  private static EmbeddedKafka kafka;
  private static String at = "";

  @BeforeAll
  static void startKafka() {
    kafka = EmbeddedKafka.start();
    at = "--kafka-bootstrap-servers=" + kafka.bootstrapServers();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void createTopic() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      if (!admin.listTopics().names().get().contains(Topics.CONTROL)) {
        NewTopic topic = new NewTopic(Topics.CONTROL, 1, (short) 1);
        topic.configs(Map.of("cleanup.policy", "compact"));
        admin.createTopics(List.of(topic)).all().get();
      }
    }
    for (String user : List.of("42", "43")) {
      run("revoke", "--user", user, "--undo");
    }
  }

  @Test
  void shouldWriteWhatWasIssuedUpToNow() {
    Instant before = Instant.now();
    CommandRun run = run("revoke", "--user", "42", "--expires", "24h");
    Instant after = Instant.now();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .matches("revoked: tokens of user 42, issued before \\S+Z; forgotten \\S+Z\\R");
    Revocation written = revocations("42").getFirst();
    assertThat(instant(written.getIssuedBefore()))
        .isEqualTo(instant(written.getIssuedBefore()).truncatedTo(ChronoUnit.SECONDS))
        .isAfter(before)
        .isBeforeOrEqualTo(after.plusSeconds(1));
    assertThat(instant(written.getExpires()))
        .isBetween(
            before.plus(Duration.ofHours(24)).minusSeconds(1), after.plus(Duration.ofHours(24)));
    assertThat(written.getEverybody()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--token-id,t 1            | the token t 1",
        "--channel,chat            | grants for channel chat",
        "--channel,chat,--user,44  | grants for channel chat of user 44",
        "--everybody               | everybody's tokens",
      })
  void shouldRevokeAndTakeItBack(String options, String what) {
    String[] asked = options.split(",");
    assertThat(run("revoke", asked).out()).startsWith("revoked: " + what + ", issued before ");
    CommandRun undo = run("revoke", concat(asked, "--undo"));
    assertThat(undo.exitCode()).as(undo.err()).isZero();
    assertThat(undo.outLines()).containsExactly("taken back: " + what);
    CommandRun again = run("revoke", concat(asked, "--undo"));
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("nothing is revoked of " + what);
  }

  @Test
  void shouldClearAwayWhatIsSupersededAndLeaveTheRest() {
    run("revoke", "--user", "42", "--expires", "24h");
    run("revoke", "--user", "43", "--expires", "48h");
    run("revoke", "--user", "43", "--expires", "24h");
    run("revoke", "--user", "42", "--expires", "48h");

    assertThat(revocations("42")).as("the later one holds for more and longer").hasSize(1);
    assertThat(revocations("43"))
        .as("the former holds for longer")
        .anyMatch(
            one -> instant(one.getExpires()).isAfter(Instant.now().plus(Duration.ofHours(47))));
  }

  @Test
  void shouldClearAwayWhatExpiredLongAgo() {
    Settings settings = Settings.of(Map.of("kafka.bootstrap.servers", kafka.bootstrapServers()));
    Revocation.Builder old =
        Revocation.newBuilder()
            .setSubject("old")
            .setIssuedBefore(ControlRecords.timestamp(Instant.now().minusSeconds(90_000)))
            .setExpires(ControlRecords.timestamp(Instant.now().minusSeconds(80_000)));
    try (ControlClient client = ControlClient.connect(KafkaSettings.from(settings))) {
      client.write(Control.newBuilder().setRevocation(old).build());
    }
    assertThat(revocations("old")).hasSize(1);

    assertThat(run("disconnect", "--user", "42").exitCode()).isZero();

    assertThat(revocations("old")).isEmpty();
  }

  @Test
  void shouldDisconnect() {
    CommandRun run = run("disconnect", "--everybody");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.outLines()).containsExactly("asked for: the connections of everybody");
    run("disconnect", "--user", "42");

    assertThat(records().values())
        .filteredOn(Control::hasDisconnect)
        .extracting(record -> record.getDisconnect().getUser())
        .containsExactlyInAnyOrder("", "42");
    assertThat(records().values())
        .filteredOn(record -> record.getDisconnect().getEverybody())
        .hasSize(1);
  }

  @Test
  void shouldSayWhatItCannotDo() {
    assertUsage("--user, --token-id, --channel or --everybody", "revoke");
    assertUsage("only --channel goes with --user", "revoke", "--user", "1", "--everybody");
    assertUsage("only --channel goes with --user", "revoke", "--token-id", "1", "--user", "1");
    assertUsage("A-Za-z0-9_.:/-", "revoke", "--user", "a b");
    assertUsage("A-Za-z0-9_.:/-", "revoke", "--channel", "game.*");
    assertUsage("$broadcast needs no grant", "revoke", "--channel", "$broadcast");
    assertUsage("--expires", "revoke", "--user", "1", "--expires", "0s");
    assertUsage("--expires", "revoke", "--user", "1", "--expires", "soon");
    assertUsage("--user or --everybody", "disconnect");
    assertUsage("--user or --everybody", "disconnect", "--user", "1", "--everybody");
    assertUsage("A-Za-z0-9_.:/-", "disconnect", "--user", "a b");
  }

  @Test
  void shouldSayThatTheTopicIsMissing() {
    try (EmbeddedKafka empty = EmbeddedKafka.start()) {
      CommandRun run =
          CommandRun.of(
              "revoke", "--user", "1", "--kafka-bootstrap-servers=" + empty.bootstrapServers());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("topic tailrace.control does not exist").hasLineCount(1);
    }
  }

  private static void assertUsage(String why, String command, String... options) {
    CommandRun run = run(command, options);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(why);
  }

  private static CommandRun run(String command, String... options) {
    return CommandRun.of(concat(concat(new String[] {command}, options), at));
  }

  private static String[] concat(String[] some, String... more) {
    String[] all = new String[some.length + more.length];
    System.arraycopy(some, 0, all, 0, some.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  private static List<Revocation> revocations(String user) {
    return records().values().stream()
        .map(Control::getRevocation)
        .filter(one -> one.getSubject().equals(user) && one.getChannel().isEmpty())
        .toList();
  }

  /** What an edge would find: the last of each key. */
  private static Map<String, Control> records() {
    Map<String, Control> records = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
      while (consumer.position(PARTITION) < end) {
        for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofMillis(100))) {
          String key = new String(one.key(), StandardCharsets.UTF_8);
          if (one.value() == null) {
            records.remove(key);
          } else {
            records.put(key, Control.parseFrom(one.value()));
          }
        }
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return records;
  }

  private static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds(), moment.getNanos());
  }
}
