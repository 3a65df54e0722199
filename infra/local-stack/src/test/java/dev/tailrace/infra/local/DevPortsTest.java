package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.Settings;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DevPortsTest {
  private static Settings settings(int edgePort) {
    return Settings.of(
        Map.of(
            "broker.port", "0",
            "edge.port", Integer.toString(edgePort),
            "edge.operator.port", "0",
            "dispatcher.operator.port", "0",
            "dev.network.port", "0"));
  }

  /** The parts bind theirs seconds later: what connects meanwhile must not be given one of them. */
  @Test
  void shouldFindFreePortsThatNoClientIsGiven() {
    DevPorts ports = DevPorts.from(settings(0));

    assertThat(
            List.of(
                ports.broker(),
                ports.edge(),
                ports.edgeOperator(),
                ports.dispatcherOperator(),
                ports.network()))
        .allSatisfy(port -> assertThat(port).isBetween(1_024, 32_767));
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
  void shouldTakeAnotherPortForTheBadNetworkWhereItsDefaultIsTaken() throws Exception {
    int usual = Settings.of(Map.of()).get(DevSettings.NETWORK_PORT);
    Map<String, String> others =
        Map.of(
            "broker.port", "0",
            "edge.port", "0",
            "edge.operator.port", "0",
            "dispatcher.operator.port", "0");
    try (ServerSocket taken = new ServerSocket()) {
      try {
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), usual));
      } catch (BindException e) {
        // By somebody else: as good.
      }

      assertThat(DevPorts.from(Settings.of(others)).network()).isNotEqualTo(usual);
    }
  }
}
