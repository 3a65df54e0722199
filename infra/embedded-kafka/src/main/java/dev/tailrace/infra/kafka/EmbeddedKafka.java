package dev.tailrace.infra.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single-node KRaft broker and controller in this process, bound to loopback: real Kafka for a
 * newcomer and for tests. With a data folder the records survive a restart; without one everything
 * is gone at {@link #close}.
 *
 * <p>The group settings that clients cannot choose (rebalance delay, session timeouts) are short,
 * so that a dispatcher that died is replaced within seconds.
 *
 * <p>Threading: start and stop from one thread; the broker runs threads of its own.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final String HOST = "127.0.0.1";
  private static final String CLUSTER_ID_FILE = "cluster.id";
  private static final String LOCK_FILE = ".tailrace.lock";

  private final Path folder;
  private final boolean ephemeral;
  private final int port;
  private final int controllerPort;
  private final Map<String, String> overrides;
  private final FileChannel lockChannel;
  private @Nullable KafkaRaftServer server;

  private EmbeddedKafka(
      Path folder,
      boolean ephemeral,
      int port,
      int controllerPort,
      Map<String, String> overrides,
      FileChannel lockChannel) {
    this.folder = folder;
    this.ephemeral = ephemeral;
    this.port = port;
    this.controllerPort = controllerPort;
    this.overrides = overrides;
    this.lockChannel = lockChannel;
  }

  /** An ephemeral broker on free ports. */
  public static EmbeddedKafka start() {
    return start(0, null, Map.of());
  }

  /**
   * Starts a broker and waits until it serves.
   *
   * @param port where clients connect, on 127.0.0.1; 0 takes a free one
   * @param dataFolder kept across restarts; null for an ephemeral broker
   * @param overrides broker properties over the defaults
   * @throws EmbeddedKafkaException when the port is taken or the folder locked or unusable
   */
  public static EmbeddedKafka start(
      int port, @Nullable Path dataFolder, Map<String, String> overrides) {
    boolean ephemeral = dataFolder == null;
    int chosenPort = choosePort(port);
    int controllerPort = choosePort(0);
    Path folder;
    FileChannel lock;
    try {
      folder = dataFolder == null ? Files.createTempDirectory("tailrace-kafka-") : dataFolder;
      Files.createDirectories(folder);
      lock = lock(folder);
    } catch (IOException e) {
      throw new EmbeddedKafkaException(
          "the Kafka data folder %s cannot be used: %s".formatted(dataFolder, e.getMessage()), e);
    }
    EmbeddedKafka kafka =
        new EmbeddedKafka(folder, ephemeral, chosenPort, controllerPort, overrides, lock);
    try {
      kafka.format();
      kafka.resume();
      return kafka;
    } catch (RuntimeException e) {
      kafka.close();
      throw new EmbeddedKafkaException("the embedded Kafka did not start: " + rootMessage(e), e);
    }
  }

  private static int choosePort(int wanted) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), wanted));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedKafkaException(
          ("port %d on %s is taken: stop what listens there, or choose another port"
                  + " (--broker-port)")
              .formatted(wanted, HOST),
          e);
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      LOG.debug("locked by this process", e);
    }
    if (lock == null) {
      channel.close();
      throw new EmbeddedKafkaException(
          ("the Kafka data folder %s is in use by another process: stop it, or choose another"
                  + " folder (--broker-data)")
              .formatted(folder));
    }
    return channel;
  }

  private void format() {
    try {
      Path logs = folder.resolve("log");
      Path idFile = folder.resolve(CLUSTER_ID_FILE);
      if (!Files.exists(idFile)) {
        Files.writeString(idFile, Uuid.randomUuid().toString());
      }
      new Formatter()
          .setNodeId(1)
          .setClusterId(Files.readString(idFile).trim())
          .addDirectory(logs.toString())
          .setMetadataLogDirectory(logs.toString())
          .setControllerListenerName("CONTROLLER")
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setIgnoreFormatted(true)
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .run();
    } catch (Exception e) {
      throw new EmbeddedKafkaException(
          "the Kafka data folder %s cannot be formatted: %s".formatted(folder, rootMessage(e)), e);
    }
  }

  private Properties properties() {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    p.put(
        "listeners",
        "PLAINTEXT://%s:%d,CONTROLLER://%s:%d".formatted(HOST, port, HOST, controllerPort));
    p.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers());
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("log.dirs", folder.resolve("log").toString());
    p.put("auto.create.topics.enable", "false");
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000");
    p.put("log.cleaner.dedupe.buffer.size", "2097152");
    p.put("message.max.bytes", "2097152");
    p.put("socket.receive.buffer.bytes", "-1"); // the system's, as its clients have: they grow
    p.put("socket.send.buffer.bytes", "-1");
    p.putAll(overrides);
    return p;
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Where its records lie: the topics' folders are in {@code log}. */
  public Path dataFolder() {
    return folder;
  }

  /** Stops the broker, keeping its records, its ports and its folder: an outage. */
  public synchronized void pause() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Starts the broker again after {@link #pause}. */
  public synchronized void resume() {
    if (server == null) {
      KafkaRaftServer starting =
          new KafkaRaftServer(new KafkaConfig(properties(), false), Time.SYSTEM);
      server = starting;
      starting.startup();
    }
  }

  /** Stops the broker; an ephemeral one's folder is removed. */
  @Override
  public synchronized void close() {
    pause();
    try {
      lockChannel.close();
      if (ephemeral) {
        delete(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("the folder {} was not cleared", folder, e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
