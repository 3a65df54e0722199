package dev.tailrace.infra.kafka;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EmbeddedKafkaCluster} of one node: for a newcomer, and for tests that need no more.
 *
 * <p>Threading: start and stop from one thread; the broker runs threads of its own.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE = 1;

  private final EmbeddedKafkaCluster cluster;

  private EmbeddedKafka(EmbeddedKafkaCluster cluster) {
    this.cluster = cluster;
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
    return new EmbeddedKafka(EmbeddedKafkaCluster.start(NODE, port, dataFolder, overrides));
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return cluster.bootstrapServers();
  }

  /** Where its records lie: the topics' folders are in {@code log}. */
  public Path dataFolder() {
    return cluster.dataFolder();
  }

  /** Stops the broker, keeping its records, its ports and its folder: an outage. */
  public void pause() {
    cluster.pause(NODE);
  }

  /** Starts the broker again after {@link #pause}. */
  public void resume() {
    cluster.resume(NODE);
  }

  /** Stops the broker; an ephemeral one's folder is removed. */
  @Override
  public void close() {
    cluster.close();
  }
}
