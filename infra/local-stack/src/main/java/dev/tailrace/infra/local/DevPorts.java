package dev.tailrace.infra.local;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/**
 * The ports of a local stack, found free.
 *
 * <p>Threading: immutable.
 */
record DevPorts(int broker, int edge, int edgeOperator, int dispatcherOperator, int network) {
  /**
   * Those of a configuration; 0 becomes a free one.
   *
   * @throws StackException when one is taken
   */
  static DevPorts from(Settings settings) {
    return new DevPorts(
        free(settings, BrokerSettings.SETTINGS, "broker.port"),
        free(settings, EdgeConfig.SETTINGS, "edge.port"),
        free(settings, EdgeConfig.SETTINGS, "edge.operator.port"),
        free(settings, DispatcherConfig.SETTINGS, "dispatcher.operator.port"),
        free(settings, DevSettings.SETTINGS, "dev.network.port"));
  }

  private static int free(Settings settings, List<Setting<?>> known, String key) {
    Setting<?> setting = known.stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
    int wanted = (Integer) settings.get(setting);
    if (wanted == 0) {
      return FreePorts.one();
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw StackException.impossible(
          "port %d is taken: stop what listens there, or choose another port (%s)"
              .formatted(wanted, setting.flagName()));
    }
  }
}
