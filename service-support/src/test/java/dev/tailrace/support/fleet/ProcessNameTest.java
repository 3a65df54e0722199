package dev.tailrace.support.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessNameTest {
  private static final Setting<String> NAME = ProcessName.setting("edge.name");

  @Test
  void shouldBeWhatIsConfiguredOrTheHostAndItsPort() {
    assertThat(ProcessName.or(ProcessName.from(settings("eu/edge-1"), NAME), 8090))
        .isEqualTo("eu/edge-1");
    assertThat(ProcessName.or(ProcessName.from(Settings.of(Map.of()), NAME), 8090))
        .matches("[A-Za-z0-9_.:/-]+:8090");
  }

  @Test
  void shouldNotBeWhatAHostIsCalledThatIsNoName() {
    assertThat(ProcessName.ofHost("edge-1.example.com", 8090)).isEqualTo("edge-1.example.com:8090");
    assertThat(ProcessName.ofHost("<b>edge</b>", 8090)).isEqualTo("localhost:8090");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<b>edge</b>", "edge 1", "edge\n", "käse"})
  void shouldRefuseWhatIsNoName(String name) {
    assertThatThrownBy(() -> ProcessName.from(settings(name), NAME))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("edge.name: ");
    assertThatThrownBy(() -> ProcessName.from(settings("e".repeat(201)), NAME))
        .isInstanceOf(SettingException.class);
  }

  private static Settings settings(String name) {
    return Settings.of(Map.of("edge.name", name));
  }
}
