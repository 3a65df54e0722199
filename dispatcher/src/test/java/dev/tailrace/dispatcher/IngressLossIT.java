package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitReady;
import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.LaneFold.LaneEntry;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.UpstreamGap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What ingress or the group have lost is told, and what the lanes hold is not repeated. */
class IngressLossIT {
  private static final int LANE_PARTITIONS = 5;

  @RegisterExtension private final FreshTopics kafka = new FreshTopics();

  @Test
  void shouldTellEveryLanePartitionWhatRetentionTookBeforeAnythingNewer() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of());
    try (Ingress ingress = new Ingress(kafka.bootstrapServers());
        Ingress lost = new Ingress(kafka.bootstrapServers())) {
      try (Dispatcher first = startReady(settings)) {
        send(ingress, 0, 10);
        awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(first.isReady()).isTrue();
      }
      send(lost, 0, 7);
      deleteBefore(0, 17);
      send(ingress, 0, 10);
      try (Dispatcher second = startReady(settings)) {
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.dropped()).isEmpty();
        assertThat(second.isReady()).isTrue();
        assertGapBeforeNewer(fold, 10, 16, 17);
      }
      // A restart finds the gap told.
      try (Dispatcher third = startReady(settings)) {
        send(ingress, 0, 10);
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.gaps()).hasSize(LANE_PARTITIONS);
        assertThat(fold.dropped()).isEmpty();
        assertThat(third.isReady()).isTrue();
      }
    }
  }

  @Test
  void shouldTellWhatRetentionTookWhileItWasReading() throws Exception {
    HookedClock clock = new HookedClock();
    DispatcherConfig config = DispatcherConfig.from(settings(kafka.bootstrapServers(), Map.of()));
    byte[] large =
        Event.newBuilder()
            .addChannels("lost")
            .setData(ByteString.copyFrom(new byte[900_000]))
            .build()
            .toByteArray();
    try (Ingress ingress = new Ingress(kafka.bootstrapServers());
        Ingress lost = new Ingress(kafka.bootstrapServers());
        Dispatcher dispatcher = Dispatcher.start(config, clock)) {
      awaitReady(dispatcher);
      CompletableFuture<Void> overtaken = new CompletableFuture<>();
      // No fetch that is under way takes more than one of these; the others are gone.
      clock.onceBeforeSend(
          () -> {
            try {
              for (int i = 0; i < 3; i++) {
                lost.raw(0, large);
              }
              lost.flush();
              deleteBefore(0, 4);
              overtaken.complete(null);
            } catch (Exception e) {
              overtaken.completeExceptionally(e);
            }
          });
      ingress.send(0, "p0");
      overtaken.get(30, TimeUnit.SECONDS);
      send(ingress, 0, 10);
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(fold.gaps()).hasSize(LANE_PARTITIONS);
      assertThat(fold.gaps())
          .allMatch(gap -> gap.delivery().getUpstreamGap().getLastOffset() == 3)
          .allMatch(gap -> gap.delivery().getSource().getOffset() == 3);
      awaitReady(dispatcher);
    }
  }

  private static void assertGapBeforeNewer(
      LaneFold fold, long firstLost, long lastLost, long survivor) {
    assertThat(fold.gaps()).hasSize(LANE_PARTITIONS);
    for (LaneEntry gap : fold.gaps()) {
      UpstreamGap told = gap.delivery().getUpstreamGap();
      assertThat(told.getFirstOffset()).isEqualTo(firstLost);
      assertThat(told.getLastOffset()).isEqualTo(lastLost);
      assertThat(told.hasTo()).isTrue();
      assertThat(gap.delivery().getSource().getOffset()).isEqualTo(survivor - 1);
      assertThat(gap.delivery().getSource().getSubIndex()).isEqualTo(Integer.MAX_VALUE);
      assertThat(fold.kept())
          .filteredOn(entry -> entry.lane().equals(gap.lane()))
          .filteredOn(entry -> entry.delivery().getSource().getOffset() >= survivor)
          .allMatch(entry -> entry.offset() > gap.offset());
    }
    Set<LanePartition> told = fold.gaps().stream().map(LaneEntry::lane).collect(Collectors.toSet());
    assertThat(told).hasSize(LANE_PARTITIONS);
  }

  @Test
  void shouldStartATopicAgainThatWasDeletedAndCreatedUnderItsName() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of());
    try (Ingress before = new Ingress(kafka.bootstrapServers());
        Dispatcher dispatcher = startReady(settings)) {
      for (int i = 0; i < 60; i++) {
        before.send(i % 3, "before-" + i % 3);
      }
      before.flush();
      awaitWhole(kafka.bootstrapServers(), before);
      recreateIngress();
      try (Ingress after = new Ingress(kafka.bootstrapServers())) {
        after.spread(30);
        after.flush();
        awaitWhole(kafka.bootstrapServers(), after);
        awaitReady(dispatcher);
        LaneFold fold = LaneFold.read(kafka.bootstrapServers());
        DispatcherTesting.assertWhole(fold, before);
        // What the old topic held above the commits nobody can know: each source says so, whether
        // its commit survived or Kafka forgot it with the topic.
        assertThat(fold.gaps()).hasSize(3 * LANE_PARTITIONS);
        assertThat(fold.gaps())
            .allMatch(gap -> gap.delivery().getUpstreamGap().getLastOffset() == -1);
      }
    }
  }

  private void recreateIngress() throws Exception {
    try (Admin admin = kafka.admin()) {
      admin.deleteTopics(List.of(Topics.EVENTS)).all().get();
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(
              () -> {
                admin.createTopics(List.of(new NewTopic(Topics.EVENTS, 3, (short) 1))).all().get();
                return true;
              });
    }
  }

  @Test
  void shouldGoOnFromTheLanesWhenTheGroupHasForgottenItsCommits() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of());
    try (Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      try (Dispatcher first = startReady(settings)) {
        for (int partition = 0; partition < 3; partition++) {
          send(ingress, partition, 40);
        }
        awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(first.isReady()).isTrue();
      }
      try (Admin admin = kafka.admin()) {
        admin.deleteConsumerGroups(List.of(IngressSettings.GROUP.defaultText())).all().get();
      }
      // Even when told to begin at the end: the lanes say that this is no first start.
      try (Dispatcher second = startReady(settings.with("dispatcher.start", "latest"))) {
        send(ingress, 1, 10);
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.dropped()).isEmpty();
        assertThat(fold.gaps()).isEmpty();
        assertThat(second.isReady()).isTrue();
      }
    }
  }

  @Test
  void shouldBeginAtTheEndOnlyAtTheVeryFirstStart() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of("dispatcher.start", "latest"));
    try (Dispatcher provisioning = startReady(settings)) {
      assertThat(provisioning.isReady()).isTrue();
    }
    try (Admin admin = kafka.admin();
        Ingress old = new Ingress(kafka.bootstrapServers());
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      admin.deleteConsumerGroups(List.of(IngressSettings.GROUP.defaultText())).all().get();
      for (int i = 0; i < 30; i++) {
        old.send(i % 3, "old");
      }
      old.flush();
      try (Dispatcher first = startReady(settings)) {
        assertThat(kafka.commits(IngressSettings.GROUP.defaultText()).values())
            .hasSize(3)
            .allMatch(commit -> commit.offset() == 10);
        assertThat(first.isReady()).isTrue();
      }
      ingress.spread(30);
      ingress.flush();
      try (Dispatcher second = startReady(settings)) {
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.channel("old")).extracting(Event::getId).isEmpty();
        assertThat(second.isReady()).isTrue();
      }
    }
  }

  private void deleteBefore(int partition, long offset) throws Exception {
    try (Admin admin = kafka.admin()) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(Topics.EVENTS, partition),
                  RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  private static void send(Ingress ingress, int partition, int events) throws Exception {
    for (int i = 0; i < events; i++) {
      ingress.send(partition, "p" + partition);
    }
    ingress.flush();
  }
}
