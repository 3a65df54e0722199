package dev.tailrace.system;

import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.dispatcher.DispatcherMain;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.support.slots.SlotWriters;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.testing.ServerProcess;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Lanes grow and a slot is isolated under a thousand events a second, with clients of all
 * transports at two edges, who are sent from one to the other meanwhile, and a dispatcher that is
 * frozen while others take its place and thawed when the slots have moved: nobody misses anything,
 * gets anything twice or out of order, or is told of a gap.
 */
class MovingSlotsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration FROZEN = Duration.ofSeconds(3);
  private static final long EVERY_US = 1_000;
  private static final int NEWS = 100;

  private final LifecycleStack parts = new LifecycleStack();
  private Map<String, String> settings = Map.of();
  private EdgeProcesses edges;
  private ServerProcess frozen;
  private SlotsFollower slots;
  private Producer<byte[], byte[]> requests;

  @BeforeEach
  void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    parts.push("broker", kafka);
    settings =
        Map.of(
            "dev", "true",
            "kafka.bootstrap.servers", kafka.bootstrapServers(),
            "dispatcher.operator.port", "0",
            "topics.ingress.partitions", "4",
            "topics.users.partitions", "2",
            "topics.channels.partitions", "8");
    parts.push("dispatcher", Dispatcher.start(Settings.of(settings)));
    KafkaSettings client = KafkaSettings.from(Settings.of(settings));
    requests = parts.push("requests", SlotWriters.plain(client, "test-requests"));
    slots =
        parts.push(
            "slots",
            SlotsFollower.start(
                client,
                "test-slots",
                SlotMap.initial(2, 8),
                record -> {},
                () -> {},
                (thread, e) -> {}));
    frozen = ServerProcess.start(DispatcherMain.class, settings);
    parts.push("another dispatcher", frozen.awaitOutput("dispatcher ready"));
    Map<String, String> own = new HashMap<>();
    own.put("dev", "true");
    own.put("kafka.bootstrap.servers", kafka.bootstrapServers());
    own.put("edge.heartbeat", "2s");
    edges = new EdgeProcesses(2, own);
    parts.push("edges", edges);
    edges.start();
  }

  @AfterEach
  void stop() {
    parts.close();
  }

  @Test
  void shouldMissRepeatAndReorderNothingWhileSlotsMove() throws Exception {
    try (Crowd crowd =
        new Crowd("moves", settings.get("kafka.bootstrap.servers"), edges.urls(), EVERY_US)) {
      crowd.awaitAll("a first connection", RoamingClient::isOpen);
      crowd.awaitNews(NEWS);

      move(2, SlotRequest.newBuilder().setId("channels").setLane("c").setGrowTo(16));
      hop(crowd);
      crowd.awaitNews(NEWS);

      frozen.freeze();
      Thread.sleep(FROZEN);
      int slot = SlotHash.channelSlot("moves.c0");
      move(3, SlotRequest.newBuilder().setId("slot").setLane("c").setIsolateSlot(slot));
      frozen.thaw();
      crowd.awaitNews(NEWS);

      move(4, SlotRequest.newBuilder().setId("users").setLane("u").setGrowTo(5));
      crowd.awaitNews(NEWS);
      hop(crowd);
      crowd.awaitNews(NEWS);

      crowd.assertWhole();
    }
  }

  /** What {@code tailrace slots} asks for; returns when it is settled. */
  private void move(int version, SlotRequest.Builder request) throws Exception {
    requests.send(SlotRecords.toKafka(SlotRecord.newBuilder().setRequest(request).build())).get();
    await("version " + version)
        .atMost(PATIENCE)
        .until(() -> slots.get().settled().version() == version);
  }

  /** Each leaves its edge, and goes on at the other. */
  private static void hop(Crowd crowd) {
    await("all are somewhere")
        .atMost(PATIENCE)
        .until(() -> crowd.clients().stream().allMatch(RoamingClient::isOpen));
    crowd.clients().forEach(RoamingClient::moveOn);
  }
}
