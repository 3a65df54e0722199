package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.DispatcherMain;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.system.Follower.Transport;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.ServerProcess;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A dispatcher stops in its tracks with a copy on its way, another one takes its place and writes
 * all that it had not, and then the copy arrives: what clients make of that who come to an edge
 * that was not there before.
 */
class PausedDispatcherIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CHANNEL = "paused.copies";

  @Test
  void shouldDeliverOnceAndInOrderWhatAPausedDispatcherAndItsSuccessorBothWrote() throws Exception {
    GatedKafka kafka = GatedKafka.start();
    Map<String, String> settings =
        Map.of(
            "dev", "true",
            "kafka.bootstrap.servers", kafka.bootstrapServers(),
            // The late copy has so long to arrive.
            "topics.lane.timestamp.before.max", "35s");
    Map<Transport, String> cursors = new EnumMap<>(Transport.class);
    Map<Transport, List<String>> received = new EnumMap<>(Transport.class);
    try (Platform platform = Platform.start(kafka, Settings.of(settings));
        OutsideProducer producer = new OutsideProducer(kafka.bootstrapServers())) {
      platform.stopDispatcher();
      try (ServerProcess paused = startDispatcher(settings)) {
        followTheFirst30(platform, producer, cursors, received);
        platform.stopEdge();

        kafka.holdNextWrite();
        producer.toChannel(CHANNEL, 30, 60);
        kafka.awaitHeld();
        paused.freeze();
        platform.startDispatcher();
        Awaitility.await("the successor has written all")
            .atMost(PATIENCE)
            .until(() -> lanes(kafka).channel(CHANNEL).size() == 60);
        assertThat(lanes(kafka).dropped()).isEmpty();
        kafka.release();
        Awaitility.await("the lanes hold copies")
            .atMost(PATIENCE)
            .until(() -> !lanes(kafka).dropped().isEmpty());

        platform.startEdge();
        try (Followers after = Followers.open(platform.baseUrl(), CHANNEL, cursors)) {
          after.await(30);
          assertThat(members(kafka)).isEqualTo(1);
          paused.thaw();
          producer.toChannel(CHANNEL, 60, 80);
          Awaitility.await("the paused one is a member again")
              .atMost(PATIENCE)
              .until(() -> members(kafka) == 2);
          producer.toChannel(CHANNEL, 80, 100);
          after.await(70);
          after.leave(cursors, received);
          assertThat(after.gaps()).isEmpty();
        }
        assertThat(paused.output())
            .as("it stops because it lost its partitions, not because it asks about them")
            .doesNotContain("You can only check the position");
      }
    }

    for (Transport transport : Transport.values()) {
      assertThat(received.get(transport))
          .as(transport.name())
          .isEqualTo(OutsideProducer.ids(0, 100));
    }
  }

  private static void followTheFirst30(
      Platform platform,
      OutsideProducer producer,
      Map<Transport, String> cursors,
      Map<Transport, List<String>> received)
      throws Exception {
    try (Followers before = Followers.open(platform.baseUrl(), CHANNEL, cursors)) {
      producer.toChannel(CHANNEL, 0, 30);
      before.await(30);
      before.leave(cursors, received);
    }
  }

  private static ServerProcess startDispatcher(Map<String, String> settings) throws Exception {
    Map<String, String> own = new HashMap<>(settings);
    own.put("dispatcher.operator.port", "0");
    return ServerProcess.start(DispatcherMain.class, own).awaitOutput("dispatcher ready");
  }

  private static LaneFold lanes(GatedKafka kafka) {
    return LaneFold.read(kafka.bootstrapServers());
  }

  private static int members(GatedKafka kafka) throws Exception {
    String group = IngressSettings.GROUP.defaultText();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin
          .describeConsumerGroups(List.of(group))
          .describedGroups()
          .get(group)
          .get()
          .members()
          .size();
    }
  }
}
