package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever clients do, an edge holds as much after it as before: for two minutes in every build,
 * for half an hour with {@code -Psoak}.
 */
class EdgeSoakIT {
  private static final Duration TIME =
      Duration.ofSeconds(Long.getLong("tailrace.soak.seconds", 100));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is made once, whoever comes: classes, pools, windows that fill. */
  private static final int WARM_UP = 3;

  private static final int MIN_SAMPLES = 6;
  private static final int ROUNDS_PER_SAMPLE = 2;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void shouldHoldNoMoreAfterThanBefore() throws Exception {
    LinkedKafka kafka = new LinkedKafka();
    Settings settings =
        Settings.of(
            Map.of(
                "dev", "true",
                "kafka.bootstrap.servers", kafka.bootstrapServers(),
                "auth.hmac.secret", SoakTokens.SECRET,
                "edge.log.bytes", "64k", // so that windows are full soon, and many catch up
                "edge.heartbeat", "2s",
                "edge.http.idle.timeout", "15s", // writes that nobody takes are given up soon
                "edge.catchup.user.bytes", "1000g",
                "edge.address.connections", "0",
                "edge.user.connections", "0",
                "edge.address.connect.rate", "0"));
    Resources resources = new Resources();
    try (Platform platform = Platform.start(kafka, settings.with("publish.user.rate", "0"));
        SoakRound round = new SoakRound(kafka, platform)) {
      for (int i = 0; i < WARM_UP; i++) {
        round.run();
      }
      Instant end = Instant.now().plus(TIME);
      while (Instant.now().isBefore(end) || resources.count() < MIN_SAMPLES) {
        for (int i = 0; i < ROUNDS_PER_SAMPLE; i++) {
          round.run();
        }
        await("nothing is left of their connections")
            .atMost(PATIENCE)
            .pollInterval(LOOK_AGAIN)
            .untilAsserted(() -> assertThat(resources.ofConnections()).isEmpty());
        resources.sample();
      }
    }

    System.out.println(resources);
    assertThat(resources.grown()).as(resources::toString).isEmpty();
  }
}
