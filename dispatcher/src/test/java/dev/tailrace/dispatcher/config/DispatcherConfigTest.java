package dev.tailrace.dispatcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatcherConfigTest {
  @Test
  void shouldHaveTheDefaultsThatTheDesignNames() {
    DispatcherConfig config = DispatcherConfig.from(Settings.of(Map.of()));
    assertThat(config.kafka().bootstrapServers()).isEqualTo("127.0.0.1:9092");
    assertThat(config.operatorHost()).isEqualTo("127.0.0.1");
    assertThat(config.operatorPort()).isEqualTo(8091);
    assertThat(config.startupTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.topics())
        .isEqualTo(
            new TopicConfig(
                false,
                List.of("tailrace.events"),
                8,
                8,
                9,
                3,
                2,
                Duration.ofHours(24),
                Duration.ofDays(7),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5)));
    assertThat(config.pump())
        .isEqualTo(
            new PumpConfig(
                1,
                "tailrace.dispatcher",
                false,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofMillis(4),
                32 << 20,
                1 << 20,
                1_000,
                List.of()));
  }

  @Test
  void shouldReadEverySettingThatItLists() {
    Set<String> anyTextWillDo =
        Set.of("kafka.bootstrap.servers", "dispatcher.operator.host", "dispatcher.group");
    for (Setting<?> setting : DispatcherConfig.SETTINGS) {
      if (!anyTextWillDo.contains(setting.key())) {
        assertThatThrownBy(
                () -> DispatcherConfig.from(Settings.of(Map.of(setting.key(), "\u0000"))))
            .isInstanceOf(SettingException.class)
            .hasMessageContaining(setting.key());
      }
    }
  }

  @Test
  void shouldTakeAFewHeadersThatTravel() {
    Settings two = Settings.of(Map.of("dispatcher.headers", "tenant, x-request-id,"));
    assertThat(DispatcherConfig.from(two).pump().headers())
        .containsExactly("tenant", "x-request-id");
    assertThatThrownBy(
            () ->
                DispatcherConfig.from(
                    Settings.of(Map.of("dispatcher.headers", "a,b,c,d,e,f,g,h,i"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("more than 8 headers");
  }

  @Test
  void shouldNeedNoReplicasInDevUnlessAskedFor() {
    TopicConfig dev = DispatcherConfig.from(Settings.of(Map.of("dev", "true"))).topics();
    assertThat(dev.replication()).isEqualTo(1);
    assertThat(dev.minIsr()).isEqualTo(1);
    TopicConfig asked =
        DispatcherConfig.from(Settings.of(Map.of("dev", "true", "topics.replication", "2")))
            .topics();
    assertThat(asked.replication()).isEqualTo(2);
  }

  @Test
  void shouldRefuseTimesUnderWhichOnceDoesNotHold() {
    assertThatThrownBy(() -> DispatcherConfig.from(Settings.of(Map.of("dispatcher.lease", "30s"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("must stay below 60,000 ms, which all readers of the lanes rely on");
    assertThat(DispatcherConfig.from(Settings.of(Map.of("dispatcher.lease", "29s"))).pump().lease())
        .isEqualTo(Duration.ofSeconds(29));
    assertThatThrownBy(
            () -> DispatcherConfig.from(Settings.of(Map.of("dispatcher.commit.interval", "6s"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("at most half of dispatcher.lease");
  }
}
