package dev.tailrace.infra.kafka;

import java.io.IOException;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real Kafka in this process, bound to loopback: nodes that are each a KRaft broker and controller.
 * With a data folder the records survive a restart; without one everything is gone at {@link
 * #close}. Nodes are numbered from 1, and each can be stopped and started again.
 *
 * <p>Kafka's own topics have as many replicas as there are nodes, up to three; from three on two of
 * them must be in sync, as two of any topic's that says nothing else. The group settings that
 * clients cannot choose (rebalance delay, session timeouts) are short, so that a dispatcher that
 * died is replaced within seconds.
 *
 * <p>Threading: start and stop from one thread; the nodes run threads of their own.
 */
public final class EmbeddedKafkaCluster implements AutoCloseable {
  /** The most replicas that Kafka's own topics have. */
  public static final int MOST_REPLICAS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafkaCluster.class);
  private static final String HOST = "127.0.0.1";
  private static final String CLUSTER_ID_FILE = "cluster.id";
  private static final String NODES_FILE = "cluster.nodes";
  private static final String LOCK_FILE = ".tailrace.lock";

  private final Path folder;
  private final boolean ephemeral;
  private final List<Integer> ports;
  private final FileChannel lockChannel;
  private final List<KafkaNode> nodes;

  private EmbeddedKafkaCluster(
      Path folder,
      boolean ephemeral,
      List<Integer> ports,
      List<Integer> controllerPorts,
      Map<String, String> overrides,
      FileChannel lockChannel) {
    this.folder = folder;
    this.ephemeral = ephemeral;
    this.ports = List.copyOf(ports);
    this.lockChannel = lockChannel;
    this.nodes =
        IntStream.rangeClosed(1, ports.size())
            .mapToObj(
                id ->
                    new KafkaNode(
                        id,
                        logFolder(id),
                        NodeProperties.voters(controllerPorts),
                        NodeProperties.of(
                            id, logFolder(id), this.ports, controllerPorts, overrides)))
            .toList();
  }

  /** An ephemeral cluster of so many nodes on free ports. */
  public static EmbeddedKafkaCluster start(int nodes) {
    return start(nodes, 0, null, Map.of());
  }

  /**
   * Starts all nodes and waits until they serve.
   *
   * @param nodes how many
   * @param port where clients connect to the first, on 127.0.0.1; 0 takes a free one, as the others
   *     do
   * @param dataFolder kept across restarts; null for an ephemeral cluster
   * @param overrides broker properties over the defaults
   * @throws EmbeddedKafkaException when the port is taken or the folder locked or unusable
   */
  public static EmbeddedKafkaCluster start(
      int nodes, int port, @Nullable Path dataFolder, Map<String, String> overrides) {
    if (nodes < 1) {
      throw new IllegalArgumentException("a cluster of " + nodes + " nodes");
    }
    List<Integer> chosen = choosePorts(port, 2 * nodes);
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
    EmbeddedKafkaCluster cluster =
        new EmbeddedKafkaCluster(
            folder,
            dataFolder == null,
            chosen.subList(0, nodes),
            chosen.subList(nodes, 2 * nodes),
            overrides,
            lock);
    try {
      cluster.format();
      inParallel(cluster.nodes, "start", KafkaNode::start);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * The wanted one and others that are free, all held until all are chosen: no two are the same.
   */
  private static List<Integer> choosePorts(int wanted, int count) {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket();
        held.add(socket);
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), i == 0 ? wanted : 0));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new EmbeddedKafkaException(
          ("port %d on %s is taken: stop what listens there, or choose another port"
                  + " (--broker-port)")
              .formatted(wanted, HOST),
          e);
    } finally {
      held.forEach(EmbeddedKafkaCluster::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("a port was not given back", e);
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
      Path idFile = folder.resolve(CLUSTER_ID_FILE);
      if (Files.exists(idFile)) {
        requireAsManyAsBefore();
      } else {
        Files.writeString(folder.resolve(NODES_FILE), Integer.toString(nodes.size()));
        Files.writeString(idFile, Uuid.randomUuid().toString());
      }
      String clusterId = Files.readString(idFile).trim();
      for (KafkaNode node : nodes) {
        node.format(clusterId);
      }
    } catch (EmbeddedKafkaException e) {
      throw e;
    } catch (Exception e) {
      throw new EmbeddedKafkaException(
          "the Kafka data folder %s cannot be formatted: %s".formatted(folder, rootMessage(e)), e);
    }
  }

  /** Nodes that are new to a cluster could outvote those that know its topics. */
  private void requireAsManyAsBefore() throws IOException {
    Path file = folder.resolve(NODES_FILE);
    String before = Files.exists(file) ? Files.readString(file).trim() : "1";
    if (!before.equals(Integer.toString(nodes.size()))) {
      throw new EmbeddedKafkaException(
          ("the Kafka data folder %s holds a cluster of %s, not of %d: start as many"
                  + " (--broker-count), or choose another folder (--broker-data)")
              .formatted(folder, before, nodes.size()));
    }
  }

  private String address(int id) {
    return HOST + ":" + ports.get(id - 1);
  }

  /** How many of a topic's replicas must be in sync, so that one node may be away. */
  public static int minInSync(int replicas) {
    return Math.max(1, replicas - 1);
  }

  /** Where clients connect: {@code 127.0.0.1:port} of each node, separated by commas. */
  public String bootstrapServers() {
    return IntStream.rangeClosed(1, ports.size())
        .mapToObj(this::address)
        .collect(Collectors.joining(","));
  }

  /** How many nodes it has, running or not. */
  public int size() {
    return nodes.size();
  }

  /** Where its records lie, in the {@link #logFolder} of each node. */
  public Path dataFolder() {
    return folder;
  }

  /** Where a node's topics have their folders: {@code log}, and {@code log-2} of the second. */
  public Path logFolder(int id) {
    return folder.resolve(id == 1 ? "log" : "log-" + id);
  }

  /**
   * Stops a node, keeping its records, its ports and its folder: an outage. What it leads goes to
   * others, if there are any. Without most of the nodes nobody says who leads what.
   */
  public synchronized void pause(int id) {
    KafkaNode node = nodes.get(id - 1);
    node.stopBroker();
    node.stopController();
  }

  /** Starts a node again after {@link #pause}; returns when it serves. */
  public synchronized void resume(int id) {
    inParallel(List.of(nodes.get(id - 1)), "start", KafkaNode::start);
  }

  /** Stops all nodes; an ephemeral cluster's folder is removed. */
  @Override
  public synchronized void close() {
    inParallel(nodes, "stop", KafkaNode::stopBroker);
    if (nodes.size() > 1) {
      nodes.forEach(KafkaNode::leaveNoLeader);
    }
    inParallel(nodes, "stop", KafkaNode::stopController);
    try {
      lockChannel.close();
      if (ephemeral) {
        delete(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("the folder {} was not cleared", folder, e);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run(KafkaNode node) throws Exception;
  }

  /** Nodes need each other to start, and to stop. */
  private static void inParallel(List<KafkaNode> nodes, String doing, Step step) {
    try (ExecutorService threads = Executors.newFixedThreadPool(nodes.size())) {
      CompletableFuture.allOf(
              nodes.stream()
                  .map(node -> CompletableFuture.runAsync(() -> run(step, node), threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    } catch (CompletionException e) {
      throw new EmbeddedKafkaException(
          "the embedded Kafka did not %s: %s".formatted(doing, rootMessage(e)), e);
    }
  }

  private static void run(Step step, KafkaNode node) {
    try {
      step.run(node);
    } catch (Exception e) {
      throw new CompletionException(e);
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
