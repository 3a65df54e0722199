package dev.tailrace.infra.kafka;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One node of a cluster whose nodes are processes of their own, so that each can be killed: broker
 * and controller, configured as those of an {@link EmbeddedKafkaCluster} are.
 *
 * <p>Threading: one thread; the node runs threads of its own.
 */
public final class ClusterNode implements AutoCloseable {
  private final KafkaNode node;

  private ClusterNode(KafkaNode node) {
    this.node = node;
  }

  /**
   * Starts it; returns when it serves, which takes most of the nodes.
   *
   * @param id from 1
   * @param folder its own, which may hold what it knew before
   * @param clusterId the same for all nodes
   * @param ports where clients connect to each node, on 127.0.0.1
   * @param controllerPorts where the controller of each listens
   * @param overrides broker properties over the defaults
   * @throws EmbeddedKafkaException when it cannot
   */
  public static ClusterNode start(
      int id,
      Path folder,
      String clusterId,
      List<Integer> ports,
      List<Integer> controllerPorts,
      Map<String, String> overrides) {
    KafkaNode node =
        new KafkaNode(
            id,
            folder,
            NodeProperties.voters(controllerPorts),
            NodeProperties.of(id, folder, ports, controllerPorts, overrides));
    try {
      node.format(clusterId);
      node.start();
    } catch (Exception e) {
      throw new EmbeddedKafkaException("node %d did not start: %s".formatted(id, e), e);
    }
    return new ClusterNode(node);
  }

  /** Hands over what it leads, if others are there, and stops. */
  @Override
  public void close() {
    node.stopBroker();
    node.stopController();
  }
}
