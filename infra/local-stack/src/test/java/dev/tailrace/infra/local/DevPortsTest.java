package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
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
}
