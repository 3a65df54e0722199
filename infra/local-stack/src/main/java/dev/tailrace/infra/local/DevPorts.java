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
        network(settings));
  }

  /**
   * Nobody relies on its default: where that is taken, or there is no such network, any other one.
   */
  private static int network(Settings settings) {
    boolean given = settings.has(DevSettings.NETWORK_PORT) && !DevBanner.isTls(settings);
    if (!given && !isFree(settings.get(DevSettings.NETWORK_PORT))) {
      return FreePorts.one();
    }
    return free(settings, DevSettings.SETTINGS, DevSettings.NETWORK_PORT.key());
  }

  private static int free(Settings settings, List<Setting<?>> known, String key) {
    Setting<?> setting = known.stream().filter(s -> s.key().equals(key)).findFirst().orElseThrow();
    int wanted = (Integer) settings.get(setting);
    if (wanted == 0) {
      return FreePorts.one();
    }
    if (!isFree(wanted)) {
      throw StackException.impossible(
          "port %d is taken: stop what listens there, or choose another port (%s)"
              .formatted(wanted, setting.flagName()));
    }
    return wanted;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
