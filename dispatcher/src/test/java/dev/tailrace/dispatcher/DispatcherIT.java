package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.LaneFold;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DispatcherIT {
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
  void shouldDeliverWhatAnOutsideProducerWroteWithAnyKeyToAnyPartition() throws Exception {
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      for (int i = 0; i < 300; i++) {
        ingress.send(0, "a");
        ingress.send(1, "b");
        ingress.send(2, "c", "d");
      }
      ingress.flush();
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(fold.dropped()).isEmpty();
      assertThat(dispatcher.isReady()).isTrue();
    }
  }

  @Test
  void shouldRepeatAndLoseNothingAcrossACleanStop() throws Exception {
    Settings settings = settings(kafka.bootstrapServers(), Map.of());
    try (Ingress ingress = new Ingress(kafka.bootstrapServers())) {
      for (int round = 0; round < 3; round++) {
        try (Dispatcher dispatcher = startReady(settings)) {
          for (int i = 0; i < 200; i++) {
            ingress.send(i % 3, "a" + i % 3);
          }
          assertThat(dispatcher.statuses()).hasSize(1);
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
}
