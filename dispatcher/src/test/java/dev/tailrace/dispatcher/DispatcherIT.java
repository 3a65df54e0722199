package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitReady;
import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.ServerProcess;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DispatcherIT {
  private static final Set<Integer> ALL = Set.of(0, 1, 2);
  private static final String ANOTHER_TOPIC = "another.topic";

  @RegisterExtension private final FreshTopics kafka = new FreshTopics();

  @Test
  void shouldDeliverWhatAnOutsideProducerWroteWithAnyKeyToAnyPartition() throws Exception {
    Random random = new Random(7);
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      byte[] binary = new byte[64 << 10];
      random.nextBytes(binary);
      byte[] key = new byte[40];
      random.nextBytes(key);
      for (int i = 0; i < 300; i++) {
        ingress.send(0, "a");
        ingress.send(1, "b");
        ingress.send(2, "c", "d");
      }
      Event large =
          Event.newBuilder().addChannels("large").setData(ByteString.copyFrom(binary)).build();
      ingress.raw(1, key, large.toByteArray());
      ingress.flush();
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(fold.dropped()).isEmpty();
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(LaneFold.read(kafka.bootstrapServers()).channel("large"))
                      .extracting(Event::getData)
                      .containsExactly(ByteString.copyFrom(binary)));
      assertThat(dispatcher.isReady()).isTrue();
    }
  }

  @Test
  void shouldRepeatAndLoseNothingAcrossACleanStop() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of("dispatcher.pumps", "2"));
    try (Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      for (int round = 0; round < 3; round++) {
        try (Dispatcher dispatcher = startReady(settings)) {
          ingress.spread(200);
          assertThat(dispatcher.statuses()).hasSize(2);
        }
      }
      try (Dispatcher last = startReady(settings)) {
        ingress.flush();
        LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
        assertThat(fold.dropped()).isEmpty();
        assertThat(last.statuses()).allMatch(pump -> pump.restarts() == 0);
      }
    }
  }

  @Test
  void shouldGoOnWithItsOwnPartitionsWhileThoseOfOthersComeAndGo() throws Exception {
    try (Dispatcher first = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      send(ingress, 300);
      try (ServerProcess second = startProcess()) {
        Set<Integer> own = runningUntil(first, ingress, ALL, running -> running.size() < 3);
        assertThat(own).as("what it keeps").isNotEmpty();
        second.kill();
        assertThat(runningUntil(first, ingress, own, ALL::equals)).isEqualTo(own);
      }
      try (ServerProcess third = startProcess()) {
        Set<Integer> own = runningUntil(first, ingress, ALL, running -> running.size() < 3);
        assertThat(third.terminate()).isEqualTo(143);
        assertThat(runningUntil(first, ingress, own, ALL::equals)).isEqualTo(own);
      }
      assertThat(awaitWhole(kafka.bootstrapServers(), ingress).dropped()).isEmpty();
      assertThat(first.statuses().getFirst().restarts()).isZero();
    }
  }

  /** Sends events until then; returns those of these partitions that ran all the while. */
  private static Set<Integer> runningUntil(
      Dispatcher dispatcher,
      Ingress ingress,
      Set<Integer> partitions,
      Predicate<Set<Integer>> isReached) {
    Set<Integer> kept = new HashSet<>(partitions);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              send(ingress, 3);
              Set<Integer> running = running(dispatcher);
              kept.retainAll(running);
              return isReached.test(running);
            });
    return kept;
  }

  private static Set<Integer> running(Dispatcher dispatcher) {
    return dispatcher.statuses().getFirst().sources().stream()
        .filter(source -> source.state() == SourceState.RUNNING)
        .map(PumpStatus.Source::partition)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private ServerProcess startProcess() throws Exception {
    return ServerProcess.start(DispatcherMain.class, settings(kafka.bootstrapServers()))
        .awaitOutput("dispatcher ready");
  }

  @Test
  void shouldReadSeveralTopicsAndPartitionsThatAreAddedToThem() throws Exception {
    Settings settings =
        settings(
            kafka.bootstrapServers(),
            Map.of("dispatcher.ingress.topics", Topics.EVENTS + "," + ANOTHER_TOPIC));
    try (Dispatcher dispatcher = startReady(settings);
        Ingress ingress = new Ingress(kafka.bootstrapServers());
        Ingress another = new Ingress(kafka.bootstrapServers(), ANOTHER_TOPIC, Map.of());
        Admin admin = kafka.admin()) {
      send(ingress, 60);
      another.send(0, "of-another-topic");
      another.flush();
      admin.createPartitions(Map.of(ANOTHER_TOPIC, NewPartitions.increaseTo(4))).all().get();
      another.send(0, "of-another-topic");
      another.send(3, "of-an-added-partition"); // before any dispatcher knows of it
      another.flush();
      send(ingress, 60);

      awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(awaitWhole(kafka.bootstrapServers(), another).dropped()).isEmpty();
      assertThat(dispatcher.statuses()).allMatch(pump -> pump.restarts() == 0);
    }
  }

  @Test
  void shouldNeverDeliverWhatAProducerTookBack() throws Exception {
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress =
            new Ingress(kafka.bootstrapServers(), Map.of("transactional.id", "outside"))) {
      ingress.producer().initTransactions();
      for (int round = 0; round < 6; round++) {
        ingress.producer().beginTransaction();
        if (round % 2 == 0) {
          send(ingress, 30);
          ingress.producer().commitTransaction();
        } else {
          for (int i = 0; i < 30; i++) {
            ingress.raw(i % 3, Event.newBuilder().addChannels("taken-back").build().toByteArray());
          }
          ingress.producer().flush();
          ingress.producer().abortTransaction();
        }
      }
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(fold.channel("taken-back")).isEmpty();
      // The markers at the end of a transaction are passed too: nothing is left to read.
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(dispatcher.statuses().getFirst().sources())
                      .allMatch(s -> s.acknowledged() == s.position())
                      .extracting(PumpStatus.Source::position)
                      .allMatch(position -> position == 66));
    }
  }

  @Test
  void shouldHoldBackWhenTheLanesAreSlowerThanIngress() throws Exception {
    try (Dispatcher dispatcher =
            startReady(
                settings(kafka.bootstrapServers(), Map.of("dispatcher.inflight.bytes", "300000")));
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      byte[] filling = new byte[100_000];
      for (int i = 0; i < 100; i++) {
        Event event =
            Event.newBuilder()
                .setId("big#" + i)
                .addChannels("b1")
                .addChannels("b2")
                .addChannels("b3")
                .setData(ByteString.copyFrom(filling))
                .build();
        ingress.raw(i % 3, event.toByteArray());
      }
      send(ingress, 30);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                assertThat(dispatcher.statuses().getFirst().inFlightBytes())
                    .isLessThanOrEqualTo(300_000);
                return dispatcher.statuses().getFirst().sources().stream()
                        .mapToLong(PumpStatus.Source::acknowledged)
                        .sum()
                    == 130;
              });
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      for (String channel : new String[] {"b1", "b2", "b3"}) {
        assertThat(fold.channel(channel)).hasSize(100);
      }
      assertThat(fold.dropped()).isEmpty();
    }
  }

  @Test
  void shouldSayThatItsClockIsRefusedAndRecoverWhenItIsSet() throws Exception {
    HookedClock clock = new HookedClock();
    try (Dispatcher dispatcher =
            Dispatcher.start(
                DispatcherConfig.from(settings(kafka.bootstrapServers(), Map.of())), clock);
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      awaitReady(dispatcher);
      clock.setError(Duration.ofSeconds(9));
      // What comes with a poll that has begun before has its time from before.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                send(
                    ingress,
                    30); // batches of several: Kafka's client calls their refusal another name
                return dispatcher.statuses().getFirst().state() == PumpState.CLOCK_REFUSED;
              });
      assertThat(dispatcher.isReady()).isFalse();
      assertThat(dispatcher.statuses().getFirst().reason()).startsWith("clock refused: ");
      clock.setError(Duration.ZERO);
      awaitWhole(kafka.bootstrapServers(), ingress);
      awaitReady(dispatcher);
    }
  }

  private static void send(Ingress ingress, int events) throws Exception {
    ingress.spread(events);
    ingress.producer().flush();
  }
}
