package dev.tailrace.support.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Setting<Integer> PORT = Setting.port("edge.port", 8080, "public port");
  private static final Setting<String> SECRET = Setting.secret("auth.hmac.secret", "the key");

  @Test
  void shouldPreferFlagsToEnvironmentToFileToDefault(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tailrace.properties");
    Files.writeString(file, "edge.port = 1\n");
    String config = "--config=" + file;
    Map<String, String> environment = Map.of("TAILRACE_EDGE_PORT", "2");

    assertThat(Settings.load(List.of(), Map.of()).get(PORT)).isEqualTo(8080);
    assertThat(Settings.load(List.of(config), Map.of()).get(PORT)).isEqualTo(1);
    assertThat(Settings.load(List.of(), Map.of("TAILRACE_CONFIG", file.toString())).get(PORT))
        .isEqualTo(1);
    assertThat(Settings.load(List.of(config), environment).get(PORT)).isEqualTo(2);
    assertThat(Settings.load(List.of("--edge-port", "3", config), environment).get(PORT))
        .isEqualTo(3);
  }

  @Test
  void shouldSayWhichKeyWhereAndWhyWhenAValueCannotBeRead() {
    Settings settings = Settings.load(List.of(), Map.of("TAILRACE_EDGE_PORT", "many"));
    assertThatThrownBy(() -> settings.get(PORT))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "edge.port (TAILRACE_EDGE_PORT): \"many\" is not a whole number from 0 to 65535");
  }

  @Test
  void shouldNeverPrintASecret() {
    Setting<Integer> number = new Setting<>("auth.hmac.secret", "", "", Integer::valueOf, true);
    Settings settings = Settings.of(Map.of("auth.hmac.secret", "hush-hush"));
    assertThat(settings.get(SECRET)).isEqualTo("hush-hush");
    assertThat(settings.describe(List.of(SECRET, PORT)))
        .containsExactly("auth.hmac.secret = (secret) (given)", "edge.port = 8080 (default)");
    assertThatThrownBy(() -> settings.get(number))
        .isInstanceOf(SettingException.class)
        .message()
        .startsWith("auth.hmac.secret (given): the value ");
  }

  @Test
  void shouldRefuseAMisspeltKeyAndNameTheNearest() {
    Settings settings = Settings.load(List.of("--edge-prot", "1"), Map.of());
    assertThatThrownBy(() -> settings.requireKnown(List.of(PORT, SECRET)))
        .hasMessage("unknown setting edge.prot (flag --edge-prot); did you mean edge.port?");
  }

  @Test
  void shouldPassKafkaKeysThrough() {
    Settings settings =
        Settings.load(
            List.of("--kafka-security-protocol", "SASL_SSL"),
            Map.of("TAILRACE_KAFKA_SASL_MECHANISM", "PLAIN"));
    settings.requireKnown(List.of(PORT));
    assertThat(settings.kafka())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN");
  }

  @Test
  void shouldReadSizesDurationsFlagsAndLists() {
    Settings settings =
        Settings.of(Map.of("a.size", "32m", "a.time", "250ms", "a.flag", "true", "a.list", "x, y"));
    assertThat(settings.get(Setting.bytes("a.size", "1", ""))).isEqualTo(32L << 20);
    assertThat(settings.get(Setting.duration("a.time", "1s", "")))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(settings.get(Setting.flag("a.flag", false, ""))).isTrue();
    assertThat(settings.get(Setting.list("a.list", "", ""))).containsExactly("x", "y");
    assertThatThrownBy(() -> settings.get(Setting.bytes("a.time", "1", "")))
        .isInstanceOf(SettingException.class);
    assertThatThrownBy(() -> settings.get(Setting.duration("a.list", "1s", "")))
        .isInstanceOf(SettingException.class);
  }
}
