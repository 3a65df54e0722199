package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DevPortsTest {
  private static Settings settings(int edgePort) {
    return Settings.of(
        Map.of(
            "broker.port", "0",
            "edge.port", Integer.toString(edgePort),
            "edge.operator.port", "0",
            "dispatcher.operator.port", "0"));
  }

  @Test
  void shouldFindFreePorts() {
    DevPorts ports = DevPorts.from(settings(0));

    assertThat(ports.broker()).isPositive();
    assertThat(ports.edge()).isPositive();
  }

  @Test
  void shouldNameATakenPortAndTheFlagThatChoosesAnother() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> DevPorts.from(settings(taken.getLocalPort())))
          .isInstanceOf(StackException.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("--edge-port")
          .extracting(e -> ((StackException) e).exitCode())
          .isEqualTo(2);
    }
  }

  @Test
  void shouldPrintCommandsForPortsAndATopicThatAreNotTheDefaults() {
    assertThat(
            DevBanner.lines(
                new DevPorts(9092, 8080, 8090, 8091),
                "127.0.0.1:9092",
                Topics.EVENTS,
                Path.of("logs")))
        .contains("  curl -N 'http://127.0.0.1:8080/v1/events?channel=scores'")
        .noneMatch(line -> line.matches(".* --(url|kafka|topic).*"));
    assertThat(
            DevBanner.lines(
                new DevPorts(1, 2, 3, 4), "127.0.0.1:1,127.0.0.1:5", "orders", Path.of("logs")))
        .contains("  Kafka       127.0.0.1:1,127.0.0.1:5")
        .anyMatch(line -> line.endsWith("--channel prices --url http://127.0.0.1:2"))
        .anyMatch(line -> line.endsWith(" --topic orders --kafka-bootstrap-servers 127.0.0.1:1"));
  }
}
