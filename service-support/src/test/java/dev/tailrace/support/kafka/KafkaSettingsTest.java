package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void shouldKnowWhatKafkaTakesForAPassword() {
    assertThat(KafkaSettings.SECRETS)
        .allMatch(Setting::secret)
        .extracting(Setting::key)
        .contains(
            "kafka.sasl.jaas.config",
            "kafka.ssl.key.password",
            "kafka.ssl.keystore.key",
            "kafka.ssl.keystore.password",
            "kafka.ssl.truststore.password",
            "kafka.sasl.oauthbearer.client.credentials.client.secret")
        .doesNotContain("kafka.sasl.mechanism", "kafka.ssl.keystore.location");
  }

  @Test
  void shouldReadKafkasSecretsFromFiles(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("jaas"), "a.Module required password=\"hush\";\n");
    assertThat(client(Map.of("kafka.sasl.jaas.config.file", file.toString())))
        .containsEntry("sasl.jaas.config", "a.Module required password=\"hush\";")
        .doesNotContainKey("sasl.jaas.config.file");
    // Kafka's own, which names no secret of Kafka's.
    assertThat(client(Map.of("kafka.sasl.oauthbearer.assertion.private.key.file", "key.pem")))
        .containsEntry("sasl.oauthbearer.assertion.private.key.file", "key.pem");
    Map<String, String> missing = Map.of("kafka.ssl.key.password.file", "/nowhere/at/all");
    assertThatThrownBy(() -> client(missing))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("kafka.ssl.key.password.file (given) names no file");
  }

  @Test
  void shouldShowNoValueThatMayBeASecret() {
    Map<String, String> configured =
        Map.of(
            "kafka.sasl.jaas.config", "hush",
            "kafka.ssl.keystore.key", "hush",
            "kafka.some.module.knows", "hush",
            "kafka.sasl.mechanism", "PLAIN");
    assertThat(KafkaSettings.from(Settings.of(configured)).describe())
        .containsExactly(
            "kafka.bootstrap.servers = 127.0.0.1:9092",
            "kafka.sasl.jaas.config = (secret)",
            "kafka.sasl.mechanism = PLAIN",
            "kafka.some.module.knows = (secret)",
            "kafka.ssl.keystore.key = (secret)");
  }

  @Test
  void shouldNotShowCredentialsInAUrl() {
    Map<String, String> configured =
        Map.of(
            "kafka.sasl.oauthbearer.token.endpoint.url", "https://id:hush@issuer.example/token",
            "kafka.bootstrap.servers", "kafka-1:9093");
    assertThat(KafkaSettings.from(Settings.of(configured)).describe())
        .containsExactly(
            "kafka.bootstrap.servers = kafka-1:9093",
            "kafka.sasl.oauthbearer.token.endpoint.url = https://(secret)@issuer.example/token");
  }

  @Test
  void shouldTakeAsFlagsWhatKafkasClientsKnowAlone() {
    Settings.load(
            List.of(
                "--kafka-bootstrap-servers=kafka-1:9093",
                "--kafka-sasl-jaas-config-file=/run/secrets/jaas",
                "--kafka-ssl-truststore-location=/etc/ca.pem",
                "--kafka-linger-ms=5"),
            Map.of())
        .requireKnown(KafkaSettings.SECRETS, KafkaSettings.OPEN_KEYS);
    Settings unknown = Settings.load(List.of("--kafka-bootstrap-server=kafka-1:9093"), Map.of());
    assertThatThrownBy(() -> unknown.requireKnown(KafkaSettings.SECRETS, KafkaSettings.OPEN_KEYS))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("kafka.bootstrap.server (flag --kafka-bootstrap-server): Kafka's");
  }

  @Test
  void shouldRefuseKafkasSecretsAsFlags() {
    Settings settings = Settings.load(List.of("--kafka-sasl-jaas-config=hush"), Map.of());
    assertThatThrownBy(() -> settings.requireKnown(KafkaSettings.SECRETS, KafkaSettings.OPEN_KEYS))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("kafka.sasl.jaas.config (flag --kafka-sasl-jaas-config): a secret")
        .hasMessageContaining("TAILRACE_KAFKA_SASL_JAAS_CONFIG")
        .hasMessageNotContaining("hush");
  }
}
