package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitReady;
import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The broker goes away for longer than the lanes accept old timestamps. What was in flight is then
 * refused; nothing later may have been taken in its place, or it would be masked for ever.
 */
class BrokerOutageIT {
  private static final Map<String, String> SHORT_BEFORE_MAX =
      Map.of("topics.lane.timestamp.before.max", "6s", "dispatcher.lease", "20s");

  private final HookedClock clock = new HookedClock();
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
  void shouldLoseAndMaskNothingWhenTheProducerHadNotWrittenYet() throws Exception {
    try (Dispatcher dispatcher = start(SHORT_BEFORE_MAX);
        Ingress ingress = transactional()) {
      awaitReady(dispatcher);
      outageWhileSending(dispatcher, ingress);
    }
  }

  @Test
  void shouldLoseAndMaskNothingWhenTheProducerHadWrittenBefore() throws Exception {
    try (Dispatcher dispatcher = start(SHORT_BEFORE_MAX);
        Ingress ingress = transactional()) {
      awaitReady(dispatcher);
      sendInOneTransaction(ingress, 200);
      awaitWhole(kafka.bootstrapServers(), ingress);
      outageWhileSending(dispatcher, ingress);
    }
  }

  @Test
  void shouldLoseAndMaskNothingUnderLoadWithTheValuesOfProduction() throws Exception {
    try (Dispatcher dispatcher = start(Map.of());
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      awaitReady(dispatcher);
      ingress.spread(1_000);
      ingress.flush();
      CountDownLatch paused = new CountDownLatch(1);
      CompletableFuture<Void> outage =
          CompletableFuture.runAsync(
              () -> {
                kafka.pause();
                paused.countDown();
                CompletableFuture.runAsync(
                        kafka::resume, CompletableFuture.delayedExecutor(22, TimeUnit.SECONDS))
                    .join();
              });
      ingress.spread(15_000);
      assertThat(paused.await(30, TimeUnit.SECONDS)).isTrue();
      ingress.spread(5_000);
      outage.join();
      ingress.flush();
      awaitWhole(kafka.bootstrapServers(), ingress);
      awaitReady(dispatcher);
      assertThat(dispatcher.statuses()).allMatch(pump -> pump.restarts() >= 1);
    }
  }

  /**
   * The broker stops at the moment when the pump holds events that it is about to send, and comes
   * back when these are too old to be taken while those that were read after them are not. (The
   * consumer has them all in its buffer, and hands out a part at each poll.)
   */
  private void outageWhileSending(Dispatcher dispatcher, Ingress ingress) throws Exception {
    CompletableFuture<CompletableFuture<Void>> outage = new CompletableFuture<>();
    clock.onceBeforeSend(
        () -> {
          kafka.pause();
          CompletableFuture.runAsync(
                  () -> {}, CompletableFuture.delayedExecutor(6, TimeUnit.SECONDS))
              .join();
          outage.complete(CompletableFuture.runAsync(kafka::resume));
        });
    sendInOneTransaction(ingress, 3_000);
    outage.get(60, TimeUnit.SECONDS).get(60, TimeUnit.SECONDS);
    sendInOneTransaction(ingress, 100);
    awaitWhole(kafka.bootstrapServers(), ingress);
    assertThat(dispatcher.statuses()).extracting(PumpStatus::restarts).allMatch(n -> n >= 1);
  }

  private static void sendInOneTransaction(Ingress ingress, int events) throws Exception {
    ingress.producer().beginTransaction();
    ingress.spread(events);
    ingress.producer().commitTransaction();
    ingress.flush();
  }

  private Ingress transactional() {
    Ingress ingress =
        new Ingress(
            kafka.bootstrapServers(),
            Map.of(
                "transactional.id", "outside", "max.block.ms", Duration.ofMinutes(1).toMillis()));
    ingress.producer().initTransactions();
    return ingress;
  }

  private Dispatcher start(Map<String, String> overrides) {
    return Dispatcher.start(
        DispatcherConfig.from(settings(kafka.bootstrapServers(), overrides)), clock);
  }
}
