package dev.tailrace.edge.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementConfigTest {
  @Test
  void shouldAnnounceNothingUnlessTold() {
    PlacementConfig config = PlacementConfig.from(Settings.of(Map.of()));

    assertThat(config).isEqualTo(new PlacementConfig("", "", Duration.ofSeconds(15)));
    assertThat(config.isAnnounced()).isFalse();
  }

  @Test
  void shouldTakeAUrlWithoutTheSlashAtItsEnd() {
    Settings settings = Settings.of(Map.of("edge.public.url", "https://edge-3.example.com/"));

    assertThat(PlacementConfig.from(settings).publicUrl()).isEqualTo("https://edge-3.example.com");
    assertThat(PlacementConfig.from(settings).isAnnounced()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "edge.public.url, edge-3.example.com",
    "edge.public.url, https://edge-3.example.com/?x=1",
    "edge.zone, no zone",
    "edge.lease, 999ms",
    "edge.lease, 11m",
  })
  void shouldRefuseWhatNobodyCouldUse(String key, String value) {
    Settings settings = Settings.of(Map.of(key, value));

    assertThatThrownBy(() -> PlacementConfig.from(settings))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining(key);
  }
}
