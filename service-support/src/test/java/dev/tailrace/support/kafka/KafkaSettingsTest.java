package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  private static Map<String, Object> client(Map<String, String> configured) {
    return KafkaSettings.from(Settings.of(configured))
        .client("tail-0", Map.of("enable.auto.commit", false));
  }

  @Test
  void shouldLeaveSocketBuffersToTheSystemUnlessTheyAreConfigured() {
    assertThat(client(Map.of()))
        .containsEntry("receive.buffer.bytes", -1)
        .containsEntry("send.buffer.bytes", -1)
        .containsEntry("client.id", "tail-0");
    assertThat(client(Map.of("kafka.receive.buffer.bytes", "1048576")))
        .containsEntry("receive.buffer.bytes", "1048576")
        .containsEntry("send.buffer.bytes", -1);
  }

  @Test
  void shouldSetWhatAPartNeedsOverWhatIsConfigured() {
    assertThat(client(Map.of("kafka.enable.auto.commit", "true", "kafka.sasl.mechanism", "PLAIN")))
        .containsEntry("enable.auto.commit", false)
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("bootstrap.servers", "127.0.0.1:9092");
  }
}
