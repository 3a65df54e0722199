package dev.tailrace.system.faults;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.dispatcher.DispatcherMain;
import dev.tailrace.support.lifecycle.LifecycleStack;
import dev.tailrace.support.net.FreePorts;
import dev.tailrace.testing.Link;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;

/**
 * Three brokers (three replicas, two of them in sync at least), two dispatchers and two edges, each
 * a process. The first dispatcher and the first edge reach Kafka by links of their own, and clients
 * reach both edges by links.
 *
 * <p>Threading: one test thread.
 */
final class FaultCluster implements AutoCloseable {
  private static final String DISPATCHER = "DISPATCHER";
  private static final String EDGE = "EDGE";
  private static final int EACH = 2;

  private final LifecycleStack parts = new LifecycleStack();
  private final BrokerProcesses brokers;
  private final Servers dispatchers;
  private final Servers edges;
  private final List<Link> doors = new ArrayList<>();
  private final Admin admin;

  /** Starts all of it, with these properties of brokers over the cluster's. */
  FaultCluster(Map<String, String> brokerProperties) throws Exception {
    this(brokerProperties, -1, 0);
  }

  /**
   * The same, where one broker, if it is none below 0, has a disk of its own of so many megabytes.
   */
  FaultCluster(Map<String, String> brokerProperties, int smallDisk, int megabytes)
      throws Exception {
    try {
      brokers =
          parts.push(
              "brokers", new BrokerProcesses(List.of(DISPATCHER, EDGE), all(brokerProperties)));
      if (smallDisk >= 0) {
        brokers.mount(smallDisk, megabytes);
      }
      brokers.servers().start();
      dispatchers =
          parts.push("dispatchers", new Servers("dispatcher ready", dispatcherLaunches()));
      edges = parts.push("edges", new Servers("edge started", edgeLaunches()));
      dispatchers.begin();
      edges.begin();
      dispatchers.await();
      edges.await();
      admin =
          parts.push(
              "admin",
              Admin.create(
                  Map.of("bootstrap.servers", bootstrapServers(), "request.timeout.ms", 5_000)));
      awaitHealthy();
    } catch (Exception | Error e) {
      parts.close();
      throw e;
    }
  }

  /** A broker that is silent for 3 s is taken for dead: three times sooner than by default. */
  private static Map<String, String> all(Map<String, String> overrides) {
    Map<String, String> properties = new HashMap<>();
    properties.put("broker.session.timeout.ms", "3000");
    properties.put("broker.heartbeat.interval.ms", "500");
    properties.putAll(overrides);
    return properties;
  }

  private List<Servers.Launch> dispatcherLaunches() {
    List<Servers.Launch> launches = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      Map<String, String> settings =
          Map.of(
              "kafka.bootstrap.servers", bootstrapServers(DISPATCHER, i),
              "dispatcher.operator.port", "0",
              // Few, so that addresses share them.
              "topics.ingress.partitions", "4",
              "topics.users.partitions", "3",
              "topics.channels.partitions", "4");
      launches.add(() -> ServerProcess.start(DispatcherMain.class, settings));
    }
    return launches;
  }

  private List<Servers.Launch> edgeLaunches() throws IOException {
    List<Servers.Launch> launches = new ArrayList<>();
    List<Integer> ports = FreePorts.some(EACH);
    for (int i = 0; i < EACH; i++) {
      int port = ports.get(i);
      doors.add(parts.push("door " + i, new Link(port)));
      Map<String, String> settings =
          Map.of(
              "dev", "true",
              "kafka.bootstrap.servers", bootstrapServers(EDGE, i),
              "edge.port", Integer.toString(port),
              "edge.operator.port", "0",
              "edge.heartbeat", "2s",
              // Little, so that who was away has to be caught up from Kafka.
              "edge.log.bytes", "64k",
              "edge.drain.delay", "0s",
              "edge.drain.window", "2s");
      launches.add(() -> ServerProcess.start(TailraceMain.class, settings, "edge"));
    }
    return launches;
  }

  /** The first of each kind has links. */
  private String bootstrapServers(String linked, int which) {
    return which == 0 ? brokers.bootstrapServers(linked) : brokers.bootstrapServers();
  }

  /** Where Kafka's clients connect. */
  String bootstrapServers() {
    return brokers.bootstrapServers();
  }

  /** Where clients find the edges. */
  List<String> urls() {
    return doors.stream().map(door -> "http://127.0.0.1:" + door.port()).toList();
  }

  BrokerProcesses brokers() {
    return brokers;
  }

  Servers dispatchers() {
    return dispatchers;
  }

  Servers edges() {
    return edges;
  }

  /** Between clients and each edge. */
  List<Link> doors() {
    return doors;
  }

  /** Between the first dispatcher and each broker. */
  List<Link> dispatcherLinks() {
    return brokers.links(DISPATCHER);
  }

  /** Between the first edge and each broker. */
  List<Link> edgeLinks() {
    return brokers.links(EDGE);
  }

  /** A client of Kafka's that no link is before. */
  Admin admin() {
    return admin;
  }

  /**
   * Lets everything go on that is held, and starts what does not run; returns when all replicas are
   * in sync and all members are there.
   */
  void restore() throws Exception {
    for (Servers servers : List.of(brokers.servers(), dispatchers, edges)) {
      servers.thaw();
    }
    doors.forEach(Link::heal);
    dispatcherLinks().forEach(Link::heal);
    edgeLinks().forEach(Link::heal);
    brokers.servers().begin();
    dispatchers.begin();
    edges.begin();
    brokers.servers().await();
    dispatchers.await();
    edges.await();
    awaitHealthy();
  }

  /** Each broker leads its share again. */
  void spreadLeaders() throws Exception {
    var _ = admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
    awaitHealthy();
  }

  private void awaitHealthy() {
    ClusterHealth.await(admin, dispatchers.count());
  }

  @Override
  public void close() {
    parts.close();
  }
}
