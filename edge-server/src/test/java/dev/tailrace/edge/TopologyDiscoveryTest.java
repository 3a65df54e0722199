package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.support.kafka.KafkaUnreachableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class TopologyDiscoveryTest {
  private static final String NOWHERE = "127.0.0.1:1";

  @Test
  void shouldGiveUpOnAKafkaThatSaysNothing() {
    // Ten seconds go by each time that it is looked at.
    AtomicLong looks = new AtomicLong();
    try (Admin admin = admin()) {
      TopologyDiscovery discovery =
          new TopologyDiscovery(admin, NOWHERE, clock(() -> 10_000 * looks.getAndIncrement()));

      assertThatThrownBy(discovery::await)
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessage(
              "no answer from Kafka at 127.0.0.1:1 within 30 s: start it, or name another"
                  + " (--kafka-bootstrap-servers)");
      assertThat(looks).hasValue(4);
      assertThat(discovery.check().reason()).startsWith("Kafka does not answer");
    }
  }

  @Test
  void shouldNotWaitAnyMoreWhenItIsToStop() throws Exception {
    try (Admin admin = admin()) {
      TopologyDiscovery discovery = new TopologyDiscovery(admin, NOWHERE, clock(() -> 0));
      discovery.stop();

      assertThat(discovery.await()).isNull();
    }
  }

  private static Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers", NOWHERE,
            "default.api.timeout.ms", 100,
            "request.timeout.ms", 100,
            "reconnect.backoff.ms", 50));
  }

  private interface Time {
    long nowMs();
  }

  private static EdgeClock clock(Time time) {
    return new EdgeClock() {
      @Override
      public Instant instant() {
        return Instant.EPOCH.plus(Duration.ofMillis(time.nowMs()));
      }

      @Override
      public long monotonicMs() {
        return time.nowMs();
      }
    };
  }
}
