package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import dev.tailrace.support.operator.OperatorAccess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.InetAddressSet;
import org.junit.jupiter.api.Test;

class HttpConfigTest {
  @Test
  void shouldHaveTheDocumentedDefaults() {
    assertThat(HttpConfig.from(Settings.of(Map.of())))
        .isEqualTo(
            new HttpConfig(
                "127.0.0.1",
                8080,
                "127.0.0.1",
                8090,
                new OperatorAccess("", false, false),
                false,
                new TlsConfig("", "", Duration.ofSeconds(10)),
                new ProxyConfig(new InetAddressSet(), HttpHeader.X_FORWARDED_FOR, false),
                List.of(),
                false,
                64,
                5_000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                true,
                false));
  }

  @Test
  void shouldLetEveryOriginInWhenDevelopingUnlessSomeAreNamed() {
    assertThat(Configs.with("dev", "true").corsOrigins()).containsExactly("*");
    assertThat(Configs.with("dev", "true", "edge.cors.origins", "https://a.example").corsOrigins())
        .containsExactly("https://a.example");
  }
}
