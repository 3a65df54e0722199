package dev.tailrace.support.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.URI;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingConfigTest {
  private static TracingConfig of(String key, String value) {
    return TracingConfig.from(Settings.of(Map.of(key, value)));
  }

  @Test
  void shouldBeOffUnlessACollectorIsNamed() {
    TracingConfig config = TracingConfig.from(Settings.of(Map.of()));
    assertThat(config).isEqualTo(new TracingConfig(null, 0, 4_096));
    try (Tracing tracing = Tracing.start(config, "s", "p", InstantSource.system())) {
      assertThat(tracing.isOn()).isFalse();
      tracing.tracer().spanBuilder("a").startSpan().end();
      assertThat(tracing.exported() + tracing.dropped()).isZero();
    }
  }

  @Test
  void shouldTakeTheUsualPathWhenNoneIsGiven() {
    for (String endpoint : new String[] {"http://collector:4318", "http://collector:4318/"}) {
      assertThat(of("tracing.endpoint", endpoint).endpoint())
          .isEqualTo(URI.create("http://collector:4318/v1/traces"));
    }
    assertThat(of("tracing.endpoint", "https://c.example/otlp/v1/traces").endpoint())
        .isEqualTo(URI.create("https://c.example/otlp/v1/traces"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collector:4318",
        "grpc://c:4317",
        "http:///v1",
        "http://u:s3cret@c/",
        "http://a b"
      })
  void shouldRefuseWhatIsNoAddressAndRepeatNothingOfIt(String endpoint) {
    assertThatThrownBy(() -> of("tracing.endpoint", endpoint))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("tracing.endpoint is no address such as http://127.0.0.1:4318/")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.1", "1.1", "NaN", "5%", ""})
  void shouldRefuseWhatIsNoRatio(String ratio) {
    assertThatThrownBy(() -> of("tracing.sample.ratio", ratio))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("is not a number from 0 to 1");
  }
}
