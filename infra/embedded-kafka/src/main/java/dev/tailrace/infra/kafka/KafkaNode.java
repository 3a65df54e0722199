package dev.tailrace.infra.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One node of an {@link EmbeddedKafkaCluster}: a broker and a controller, which are stopped one
 * after the other. Kafka's own server for both would wait for minutes, when it stops, for a
 * controller that says who leads in its stead, and a cluster that ends has none at the end.
 *
 * <p>Threading: one thread at a time.
 */
final class KafkaNode {
  /** So long a broker that stops waits until others have taken over what it leads. */
  private static final Duration HANDOVER = Duration.ofSeconds(10);

  /** The least that Kafka takes: what its controller has said is on the disk already. */
  private static final int NO_HANDOVER_MS = 1;

  private final int id;
  private final Path logs;
  private final Map<Integer, InetSocketAddress> voters;
  private final Properties properties;
  private @Nullable SharedServer shared;
  private @Nullable BrokerServer broker;
  private @Nullable ControllerServer controller;

  /**
   * A node that is not running.
   *
   * @param logs its folder: topics and metadata
   * @param voters where the controllers of all nodes listen
   * @param properties all of them
   */
  KafkaNode(int id, Path logs, Map<Integer, InetSocketAddress> voters, Properties properties) {
    this.id = id;
    this.logs = logs;
    this.voters = voters;
    this.properties = properties;
  }

  /** Makes its folder one of this cluster's, if it is not. */
  void format(String clusterId) throws Exception {
    new Formatter()
        .setNodeId(id)
        .setClusterId(clusterId)
        .addDirectory(logs.toString())
        .setMetadataLogDirectory(logs.toString())
        .setControllerListenerName(NodeProperties.CONTROLLER)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setIgnoreFormatted(true)
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .run();
  }

  /** Starts it, if it is not running; returns when it serves, which takes most of the voters. */
  void start() throws Exception {
    if (broker != null || controller != null) {
      return;
    }
    KafkaConfig config = new KafkaConfig(properties, false);
    MetaPropertiesEnsemble formatted =
        new MetaPropertiesEnsemble.Loader()
            .addMetadataLogDir(config.metadataLogDir())
            .addLogDirs(config.logDirs())
            .load();
    SharedServer newShared =
        new SharedServer(
            config,
            formatted,
            Time.SYSTEM,
            new Metrics(),
            CompletableFuture.completedFuture(voters),
            List.of(),
            new StandardFaultHandlerFactory(),
            ServerSocketFactory.INSTANCE);
    BrokerServer newBroker = new BrokerServer(newShared);
    ControllerServer newController =
        new ControllerServer(
            newShared,
            KafkaRaftServer.configSchema(),
            new BootstrapDirectory(config.metadataLogDir()).read());
    shared = newShared;
    broker = newBroker;
    controller = newController;
    newController.startup();
    newBroker.startup();
  }

  /** Stops its broker; the controller goes on, for others to stop theirs. */
  void stopBroker() {
    BrokerServer running = broker;
    if (running != null) {
      broker = null;
      running.shutdown(HANDOVER);
    }
  }

  /**
   * Tells its controller not to look for one that leads in its stead when it stops: none is to. The
   * last of several would look for 5 s.
   */
  void leaveNoLeader() {
    SharedServer running = shared;
    if (running != null && running.raftManager() != null) {
      var _ = running.raftManager().client().shutdown(NO_HANDOVER_MS);
    }
  }

  /** Stops its controller, after the broker. */
  void stopController() {
    ControllerServer running = controller;
    if (running != null) {
      controller = null;
      shared = null;
      running.shutdown();
    }
  }
}
