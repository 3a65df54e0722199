package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.support.config.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pump that cannot even begin; nothing of this needs a broker. */
class DispatchPumpTest {
  private static final String NOWHERE = "127.0.0.1:1";

  private final Admin admin = Admin.create(Map.of("bootstrap.servers", NOWHERE));
  private final DispatcherMetrics metrics = new DispatcherMetrics();
  private final FailingClock clock = new FailingClock();
  private final List<Throwable> errors = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    admin.close();
    metrics.close();
  }

  @Test
  void shouldLeaveNoProducerBehindWhenItsConsumerCannotBeMade() {
    try (DispatchPump pump = pump(11, Map.of("kafka.fetch.min.bytes", "-5"))) {
      pump.start();
      await().until(() -> pump.status().restarts() >= 2);
    }
    await().untilAsserted(() -> assertThat(threadsOf("dispatcher-pump-11")).isEmpty());
    assertThat(errors).isEmpty();
  }

  @Test
  void shouldShowTheFiguresOfItsKafkaClientsWhileTheyLive() {
    try (DispatchPump pump = pump(13, Map.of())) {
      pump.start();
      await()
          .untilAsserted(
              () ->
                  assertThat(metrics.scrape())
                      .contains(
                          "kafka_producer_record_send_total{client_id=\"dispatcher-pump-13-lanes\"")
                      .contains(
                          "kafka_consumer_connection_count{client_id=\"dispatcher-pump-13\""));
    }
    assertThat(metrics.scrape()).doesNotContain("dispatcher-pump-13");
  }

  @Test
  void shouldEndAndSaySoAfterAnError() {
    try (DispatchPump pump = pump(12, Map.of())) {
      clock.failOnce(new StackOverflowError("provoked"));
      pump.start();
      await().until(() -> !errors.isEmpty());
      assertThat(errors).singleElement().isInstanceOf(StackOverflowError.class);
      assertThat(pump.status().isReady()).isFalse();
      assertThat(pump.status().state()).isEqualTo(PumpState.STOPPED);
      assertThat(pump.status().reason()).contains("StackOverflowError", "provoked");
    }
    await().untilAsserted(() -> assertThat(threadsOf("dispatcher-pump-12")).isEmpty());
  }

  private DispatchPump pump(int number, Map<String, String> overrides) {
    Settings settings = Settings.of(Map.of("dev", "true", "kafka.bootstrap.servers", NOWHERE));
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      settings = settings.with(override.getKey(), override.getValue());
    }
    return new DispatchPump(
        number,
        DispatcherConfig.from(settings),
        admin,
        new SessionTimeout(() -> null, Duration.ofSeconds(6)),
        new FixedSlots(1, 1),
        clock,
        metrics,
        RouteTraces.off(),
        (thread, error) -> errors.add(error));
  }

  private static List<String> threadsOf(String pump) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains(pump))
        .toList();
  }

  private static final class FailingClock extends Clock {
    private final AtomicReference<Error> failure = new AtomicReference<>();

    void failOnce(Error error) {
      failure.set(error);
    }

    @Override
    public Instant instant() {
      Error error = failure.getAndSet(null);
      if (error != null) {
        throw error;
      }
      return Clock.systemUTC().instant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
