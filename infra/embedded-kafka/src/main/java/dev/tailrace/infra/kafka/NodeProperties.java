package dev.tailrace.infra.kafka;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a node of a cluster is configured, wherever the others run. Nodes are numbered from 1, and
 * are all on loopback.
 *
 * <p>Threading: immutable.
 */
final class NodeProperties {
  static final String CONTROLLER = "CONTROLLER";

  private static final String HOST = "127.0.0.1";

  private NodeProperties() {}

  /** Where the controllers of all nodes listen. */
  static Map<Integer, InetSocketAddress> voters(List<Integer> controllerPorts) {
    Map<Integer, InetSocketAddress> voters = new HashMap<>();
    for (int i = 0; i < controllerPorts.size(); i++) {
      voters.put(i + 1, new InetSocketAddress(HOST, controllerPorts.get(i)));
    }
    return voters;
  }

  /**
   * All properties of a node.
   *
   * @param logs its folder: topics and metadata
   * @param ports where clients connect to each node
   * @param controllerPorts where the controller of each listens
   * @param overrides properties over these
   */
  static Properties of(
      int id,
      Path logs,
      List<Integer> ports,
      List<Integer> controllerPorts,
      Map<String, String> overrides) {
    int copies = Math.min(EmbeddedKafkaCluster.MOST_REPLICAS, ports.size());
    String replicas = Integer.toString(copies);
    String inSync = Integer.toString(EmbeddedKafkaCluster.minInSync(copies));
    String address = HOST + ":" + ports.get(id - 1);
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(id));
    p.put(
        "controller.quorum.voters",
        IntStream.rangeClosed(1, controllerPorts.size())
            .mapToObj(voter -> "%d@%s:%d".formatted(voter, HOST, controllerPorts.get(voter - 1)))
            .collect(Collectors.joining(",")));
    p.put(
        "listeners",
        "PLAINTEXT://%s,%s://%s:%d"
            .formatted(address, CONTROLLER, HOST, controllerPorts.get(id - 1)));
    p.put("advertised.listeners", "PLAINTEXT://" + address);
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", CONTROLLER);
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("log.dirs", logs.toString());
    p.put("auto.create.topics.enable", "false");
    p.put("offsets.topic.replication.factor", replicas);
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", replicas);
    p.put("transaction.state.log.min.isr", inSync);
    p.put("transaction.state.log.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", replicas);
    p.put("share.coordinator.state.topic.min.isr", inSync);
    p.put("share.coordinator.state.topic.num.partitions", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000");
    p.put("log.cleaner.dedupe.buffer.size", "2097152");
    p.put("message.max.bytes", "2097152");
    p.put("min.insync.replicas", inSync);
    p.put("socket.receive.buffer.bytes", "-1"); // the system's, as its clients have: they grow
    p.put("socket.send.buffer.bytes", "-1");
    p.putAll(overrides);
    return p;
  }
}
