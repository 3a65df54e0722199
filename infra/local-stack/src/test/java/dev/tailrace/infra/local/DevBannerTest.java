package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DevBannerTest {
  private static final DevPorts DEFAULTS = new DevPorts(9092, 8080, 8090, 8091, 8088);

  private static List<String> lines(Map<String, String> settings, DevPorts ports, String kafka) {
    return DevBanner.lines(Settings.of(settings), ports, kafka, Path.of("logs"));
  }

  @Test
  void shouldPrintCommandsThatWorkAsTheyStand() {
    assertThat(lines(Map.of(), DEFAULTS, "127.0.0.1:9092"))
        .contains("  curl -N 'http://127.0.0.1:8080/v1/events?channel=scores'")
        .contains("              ./tailrace top", "              ./tailrace doctor --dev --user 42")
        .noneMatch(line -> line.matches(".* --(url|kafka|topic).*"));
  }

  @Test
  void shouldNamePortsAndATopicThatAreNotTheDefaults() {
    assertThat(
            lines(
                Map.of("dispatcher.ingress.topics", "orders,others"),
                new DevPorts(1, 2, 3, 4, 5),
                "127.0.0.1:1,127.0.0.1:5"))
        .contains("  Kafka       127.0.0.1:1,127.0.0.1:5")
        .contains(
            "              http://127.0.0.1:5/, through a network that you can make bad there")
        .anyMatch(line -> line.endsWith("--channel prices --url http://127.0.0.1:2"))
        .contains(
            "              ./tailrace top --url http://127.0.0.1:3",
            "              ./tailrace doctor --dev --user 42 --edge http://127.0.0.1:3 --public-url"
                + " http://127.0.0.1:2 --kafka-bootstrap-servers 127.0.0.1:1")
        .anyMatch(line -> line.endsWith(" --topic orders --kafka-bootstrap-servers 127.0.0.1:1"));
  }

  @Test
  void shouldNameAnEdgeWithACertificateAsItIsAsked() {
    assertThat(lines(Map.of("edge.tls.certificate", "tls.crt"), DEFAULTS, "127.0.0.1:9092"))
        .contains("  page        https://127.0.0.1:8080/")
        .contains("  edge        http://127.0.0.1:8090/readyz, /metrics, /dump")
        .contains("  curl -N 'https://127.0.0.1:8080/v1/events?channel=scores'")
        .anyMatch(line -> line.endsWith("--channel prices --url https://127.0.0.1:8080"))
        .noneMatch(line -> line.contains("http://127.0.0.1:8080") || line.contains(":8088"));
  }
}
