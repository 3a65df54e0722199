package dev.tailrace.support.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        .hasMessage("auth.hmac.secret (given): the value cannot be used")
        .hasNoCause();
  }

  @Test
  void shouldNotShowCredentialsInAUrl() {
    Setting<String> url = Setting.text("auth.jwks.url", "", "");
    assertThat(
            Settings.of(Map.of("auth.jwks.url", "https://me:hu@sh@keys.example/jwks@1"))
                .describe(List.of(url)))
        .containsExactly("auth.jwks.url = https://(secret)@keys.example/jwks@1 (given)");
  }

  @Test
  void shouldReadASecretFromAFileByFlagEnvironmentOrConfiguration(@TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "hush\nhush\n");
    Path config =
        Files.writeString(
            folder.resolve("tailrace.properties"), "auth.hmac.secret.file=" + file + "\n");
    for (Settings settings :
        List.of(
            Settings.load(List.of("--auth-hmac-secret-file", file.toString()), Map.of()),
            Settings.load(List.of(), Map.of("TAILRACE_AUTH_HMAC_SECRET_FILE", file.toString())),
            Settings.load(List.of("--config", config.toString()), Map.of()))) {
      settings.requireKnown(List.of(SECRET), Set.of());
      assertThat(settings.get(SECRET)).isEqualTo("hush\nhush");
      assertThat(settings.has(SECRET)).isTrue();
      assertThat(settings.describe(List.of(SECRET)))
          .singleElement()
          .asString()
          .startsWith("auth.hmac.secret.file = " + file);
    }
    Files.writeString(file, "hush\r\n");
    assertThat(Settings.of(Map.of("auth.hmac.secret.file", file.toString())).get(SECRET))
        .isEqualTo("hush");
  }

  @Test
  void shouldSayWhatIsWrongWithASecretsFile(@TempDir Path folder) throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    Path large = Files.writeString(folder.resolve("large"), "x".repeat(65_537));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 's'});
    Map<String, String> reasons =
        Map.of(
            folder.resolve("missing").toString(),
            "is not there",
            empty.toString(),
            "is empty",
            large.toString(),
            "has more than 65,536 bytes",
            binary.toString(),
            "is not UTF-8",
            folder.toString(),
            "cannot be read",
            "/dev/zero",
            "has more than 65,536 bytes");
    reasons.forEach(
        (name, reason) ->
            assertThatThrownBy(() -> Settings.of(Map.of("auth.hmac.secret.file", name)).get(SECRET))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                    "auth.hmac.secret.file (given): the file %s %s".formatted(name, reason)));
  }

  @Test
  void shouldNotPrintASecretThatWasGivenInPlaceOfItsFile(@TempDir Path folder) {
    for (String secret :
        List.of(
            "hunter2",
            "\0hunter2",
            "/hunter2",
            "aHVudGVyMg/hunter2+/hunter2=",
            "a.Module required username=\"me\" password=\"hunter2\";",
            folder + "/hunter2\n",
            folder + "/" + "hunter2".repeat(40),
            "-----BEGIN PRIVATE KEY-----\nhunter2\n")) {
      assertThatThrownBy(
              () -> Settings.of(Map.of("auth.hmac.secret.file", secret + "\nx")).get(SECRET))
          .hasMessageNotContaining("hunter2");
      assertThatThrownBy(() -> Settings.of(Map.of("auth.hmac.secret.file", secret)).get(SECRET))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "auth.hmac.secret.file (given) names no file: it is to be the name of one that holds"
                  + " the secret")
          .hasNoCause();
    }
  }

  @Test
  void shouldTakeAnEmptyNameOfAFileForNone() {
    Settings settings = Settings.of(Map.of("auth.hmac.secret.file", ""));
    assertThat(settings.has(SECRET)).isFalse();
    assertThat(settings.get(SECRET)).isEmpty();
    assertThat(settings.describe(List.of(SECRET))).containsExactly("auth.hmac.secret =  (default)");
    Setting<String> kafkas = Setting.secret("kafka.ssl.key.password", "");
    assertThat(
            Settings.of(Map.of("kafka.ssl.key.password.file", "", "kafka.a", "b"))
                .kafka(List.of(kafkas)))
        .isEqualTo(Map.of("a", "b"));
  }

  @Test
  void shouldNotChooseBetweenASecretAndItsFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "from the file");
    Map<String, String> environment = Map.of("TAILRACE_AUTH_HMAC_SECRET", "from here");
    String flag = "--auth-hmac-secret-file=" + file;
    assertThatThrownBy(() -> Settings.load(List.of(flag), environment).get(SECRET))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "auth.hmac.secret (TAILRACE_AUTH_HMAC_SECRET) and auth.hmac.secret.file (flag"
                + " --auth-hmac-secret-file): give one of them");
    assertThat(Settings.load(List.of(flag), Map.of("TAILRACE_AUTH_HMAC_SECRET", "")).get(SECRET))
        .isEqualTo("from the file");
  }

  @Test
  void shouldRefuseASecretAsAFlagWithoutPrintingIt() {
    Settings settings = Settings.load(List.of("--auth-hmac-secret=hush-hush"), Map.of());
    assertThatThrownBy(() -> settings.requireKnown(List.of(PORT, SECRET), Set.of()))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "auth.hmac.secret (flag --auth-hmac-secret): a secret is not taken as a flag, which"
                + " every user of this machine can see: put it into TAILRACE_AUTH_HMAC_SECRET, or"
                + " into a file that --auth-hmac-secret-file names");
    Settings.load(List.of(), Map.of("TAILRACE_AUTH_HMAC_SECRET", "hush-hush"))
        .requireKnown(List.of(SECRET), Set.of());
  }

  @Test
  void shouldKnowFilesOfSecretsOnly() {
    Settings settings = Settings.of(Map.of("edge.port.file", "port"));
    assertThatThrownBy(() -> settings.requireKnown(List.of(PORT, SECRET), Set.of()))
        .hasMessageStartingWith("unknown setting edge.port.file (given)");
  }

  @Test
  void shouldRefuseAMisspeltKeyAndNameTheNearest() {
    Settings settings = Settings.load(List.of("--edge-prot", "1"), Map.of());
    assertThatThrownBy(() -> settings.requireKnown(List.of(PORT, SECRET), Set.of()))
        .hasMessage("unknown setting edge.prot (flag --edge-prot); did you mean edge.port?");
  }

  @Test
  void shouldNameEveryMisspeltKey() {
    Settings settings = Settings.of(Map.of("edge.prot", "1", "auth.hmc.secret", "x", "qqq", "1"));
    assertThatThrownBy(() -> settings.requireKnown(List.of(PORT, SECRET), Set.of()))
        .isInstanceOfSatisfying(
            SettingException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "unknown setting auth.hmc.secret (given); did you mean auth.hmac.secret?",
                        "unknown setting edge.prot (given); did you mean edge.port?",
                        "unknown setting qqq (given)"))
        .hasMessageContaining("auth.hmc.secret")
        .hasMessageContaining("edge.prot");
  }

  @Test
  void shouldTellOfMisspeltVariablesOnly() {
    Settings settings =
        Settings.load(
            List.of("--edge-prt", "1"),
            Map.of(
                "TAILRACE_EDGE_PROT", "1",
                "TAILRACE_EDGE_PORT_8080_TCP_ADDR", "10.0.0.1",
                "TAILRACE_DEBUG", "1",
                "TAILRACE_KAFKA_SASL_MECHANISMS", "PLAIN",
                "TAILRACE_AUTH_HMAC_SECRET", "s"));
    assertThat(settings.unknownVariables(List.of(PORT, SECRET)))
        .containsExactly("TAILRACE_EDGE_PROT sets nothing; did you mean TAILRACE_EDGE_PORT?");
  }

  @Test
  void shouldRefuseAsAFlagWhatMayBeASecretOfALoginModule() {
    Setting<String> kafkas = Setting.secret("kafka.ssl.key.password", "");
    Settings settings = Settings.load(List.of("--kafka-some-module-knows=hush"), Map.of());
    assertThatThrownBy(() -> settings.requireKnown(List.of(kafkas), Set.of("sasl.mechanism")))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("kafka.some.module.knows (flag --kafka-some-module-knows): Kafka's")
        .hasMessageContaining("TAILRACE_KAFKA_SOME_MODULE_KNOWS")
        .hasMessageNotContaining("hush");
    Settings.load(
            List.of("--kafka-ssl-key-password-file=there", "--kafka-sasl-mechanism=PLAIN"),
            Map.of("TAILRACE_KAFKA_SOME_MODULE_KNOWS", "hush"))
        .requireKnown(List.of(kafkas), Set.of("sasl.mechanism"));
    Settings.of(Map.of("kafka.some.module.knows", "hush")).requireKnown(List.of(kafkas), Set.of());
  }

  @Test
  void shouldPassKafkaKeysThrough() {
    Settings settings =
        Settings.load(
            List.of("--kafka-security-protocol", "SASL_SSL"),
            Map.of("TAILRACE_KAFKA_SASL_MECHANISM", "PLAIN"));
    settings.requireKnown(List.of(PORT), Set.of("security.protocol"));
    assertThat(settings.kafka(List.of()))
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
