package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.support.slots.SlotWriters;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.ServerProcess;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lane grows and a slot is isolated while events flow. */
class SlotMovesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<String, String> LANES = Map.of("topics.channels.partitions", "8");
  private static final String BUSY = "p0-0";

  private EmbeddedKafka kafka;
  private Settings settings;
  private SlotsFollower slots;
  private Producer<byte[], byte[]> requests;
  private final MoveLog log = new MoveLog();

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start();
    settings = settings(kafka.bootstrapServers(), LANES);
    KafkaSettings client = KafkaSettings.from(settings);
    SlotMap initial = SlotMap.initial(2, 8);
    slots =
        SlotsFollower.start(
            client, "test-slots", initial, log::onRecord, () -> {}, (thread, e) -> {});
    requests = SlotWriters.plain(client, "test-requests");
  }

  @AfterEach
  void stop() {
    requests.close();
    slots.close();
    kafka.close();
  }

  @Test
  void shouldLoseRepeatAndReorderNothingWhileSlotsMoveAndAPausedPumpGoesOnByTheOldMap()
      throws Exception {
    try (Dispatcher first = startReady(settings);
        Dispatcher second = startReady(settings);
        Ingress ingress = new Ingress(kafka.bootstrapServers());
        PausedPump paused = new PausedPump(kafka.bootstrapServers(), slots)) {
      flow(ingress, 500);
      ask(SlotRequest.newBuilder().setId("grow").setLane("c").setGrowTo(16));
      flowUntilSettled(ingress, 2, paused);
      flow(ingress, 300);
      int slot = SlotHash.channelSlot(BUSY);
      ask(SlotRequest.newBuilder().setId("isolate").setLane("c").setIsolateSlot(slot));
      flowUntilSettled(ingress, 3, paused);
      flow(ingress, 500);
      ingress.flush();

      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(paused.written()).as("by the paused pump").isPositive();
      assertThat(fold.voids()).hasSize(paused.written());
      SlotMap newest = fold.maps().newest();
      assertThat(newest.partitions(Lane.CHANNELS)).isEqualTo(16);
      assertThat(newest.channelPartition(BUSY)).isEqualTo(new LanePartition(Lane.CHANNELS, 3, 0));
      assertThat(fold.lanes()).contains(newest.channelPartition(BUSY));
      assertThat(first.statuses().getFirst().restarts()).isZero();
      assertThat(second.statuses().getFirst().restarts()).isZero();
    }
  }

  @Test
  void shouldGoOnWithAMoveWhenADispatcherIsFrozenAndWakesUpAfterIt() throws Exception {
    try (ServerProcess frozen =
            ServerProcess.start(DispatcherMain.class, map()).awaitOutput("dispatcher ready");
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      flow(ingress, 100);
      awaitWhole(kafka.bootstrapServers(), ingress);
      ingress.spread(600);
      frozen.freeze();
      ingress.flush();
      ask(SlotRequest.newBuilder().setId("users").setLane("u").setGrowTo(4));
      try (Dispatcher second = startReady(settings)) {
        flowUntilSettled(ingress, 2, null);
        frozen.thaw();
        flow(ingress, 200);
        ingress.flush();
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.maps().newest().partitions(Lane.USERS)).isEqualTo(4);
        assertThat(second.isReady()).isTrue();
      }
    }
  }

  private Map<String, String> map() {
    Map<String, String> map = settings(kafka.bootstrapServers());
    map.putAll(LANES);
    return map;
  }

  private void ask(SlotRequest.Builder request) throws Exception {
    requests.send(SlotRecords.toKafka(SlotRecord.newBuilder().setRequest(request).build())).get();
  }

  private void flowUntilSettled(Ingress ingress, int version, PausedPump paused) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              flow(ingress, 10);
              boolean goesOn = paused != null && slots.get().newest().version() == version;
              if (goesOn) {
                paused.goOn(version);
              }
              // However late it is: what it writes is void after the move has settled, too.
              return slots.get().settled().version() == version && (!goesOn || paused.hasWritten());
            });
  }

  /** So many events, 1,000 a second. */
  private static void flow(Ingress ingress, int events) throws InterruptedException {
    for (int sent = 0; sent < events; sent += 10) {
      ingress.spread(10);
      Thread.sleep(10);
    }
  }
}
