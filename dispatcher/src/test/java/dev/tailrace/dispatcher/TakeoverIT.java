package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.ServerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One dispatcher dies or freezes with deliveries written and not committed; another goes on. */
class TakeoverIT {
  /** Commits as rarely as may be. */
  private static final Map<String, String> SELDOM_COMMITS =
      Map.of("dispatcher.commit.interval", "14s", "dispatcher.lease", "29s");

  private EmbeddedKafka kafka;

  @BeforeEach
  void startKafka() {
    kafka = EmbeddedKafka.start();
  }

  @AfterEach
  void stopKafka() {
    kafka.close();
  }

  @Test
  void shouldRepeatNothingThatAKilledDispatcherHadWrittenAndNotCommitted() throws Exception {
    try (ServerProcess first = startProcess(SELDOM_COMMITS);
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      sendEverywhere(ingress, 500);
      awaitWhole(kafka.bootstrapServers(), ingress);
      ingress.spread(3_000);
      first.kill();
      ingress.flush();
      assertThat(writtenAboveTheCommits()).isPositive();

      try (Dispatcher second = startReady(settings(kafka.bootstrapServers(), Map.of()))) {
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.dropped()).isEmpty();
        assertThat(second.isReady()).isTrue();
      }
      // The one after that does not look back at all: everything is committed.
      try (Dispatcher third = startReady(settings(kafka.bootstrapServers(), Map.of()))) {
        sendEverywhere(ingress, 10);
        assertThat(awaitWhole(kafka.bootstrapServers(), ingress).dropped()).isEmpty();
        assertThat(third.isReady()).isTrue();
      }
    }
  }

  @Test
  void shouldMaskNothingWhenAFrozenDispatcherWakesUpAfterItWasReplaced() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of());
    try (ServerProcess first = startProcess(Map.of());
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      sendEverywhere(ingress, 300);
      awaitWhole(kafka.bootstrapServers(), ingress);
      ingress.spread(6_000);
      first.freeze();
      ingress.flush();
      try (Dispatcher second = startReady(settings)) {
        awaitWhole(kafka.bootstrapServers(), ingress);
        sendEverywhere(ingress, 300);
        first.thaw();
        sendEverywhere(ingress, 300);
        awaitWhole(kafka.bootstrapServers(), ingress);
        // Both are members now; what the first wrote when it woke up has masked nothing.
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> second.statuses().getFirst().sources().size() < 3);
        sendEverywhere(ingress, 300);
        awaitWhole(kafka.bootstrapServers(), ingress);
      }
      sendEverywhere(ingress, 300);
      awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(first.terminate()).isEqualTo(143);
    }
  }

  private ServerProcess startProcess(Map<String, String> overrides) throws Exception {
    Map<String, String> settings = new HashMap<>(settings(kafka.bootstrapServers()));
    settings.putAll(overrides);
    ServerProcess process =
        ServerProcess.start(DispatcherMain.class, settings).awaitOutput("dispatcher ready");
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> commits().size() == 3);
    return process;
  }

  private static void sendEverywhere(Ingress ingress, int events) throws Exception {
    ingress.spread(events);
    ingress.flush();
  }

  private long writtenAboveTheCommits() throws Exception {
    Map<Integer, Long> committed = new HashMap<>();
    commits().forEach((partition, commit) -> committed.put(partition.partition(), commit.offset()));
    return LaneFold.read(kafka.bootstrapServers()).kept().stream()
        .map(entry -> entry.delivery().getSource())
        .filter(stamp -> stamp.getOffset() >= committed.get(stamp.getPartition()))
        .count();
  }

  private Map<TopicPartition, OffsetAndMetadata> commits() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin
          .listConsumerGroupOffsets(IngressSettings.GROUP.defaultText())
          .partitionsToOffsetAndMetadata()
          .get();
    }
  }
}
