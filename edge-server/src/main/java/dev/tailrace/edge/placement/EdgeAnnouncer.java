package dev.tailrace.edge.placement;

import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.metrics.PlacementMetrics;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.placement.EdgeAnnouncement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces this edge in {@code tailrace.edges}: three times in a lease, at once when it drains,
 * and with a tombstone when it ends. What Kafka does not take is counted, and made up for by the
 * next one: nobody waits for an announcement.
 *
 * <p>Threading: {@code edge-announce} alone sends, which may block for metadata; the rest from any
 * thread.
 */
public final class EdgeAnnouncer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeAnnouncer.class);
  private static final String NAME = "edge-announce";
  private static final int PER_LEASE = 3;
  private static final int MAX_BLOCK_MS = 1_000;
  private static final Duration LAST_WORD = Duration.ofSeconds(2);

  /** What an edge is doing, read when it is told. */
  public record Doings(IntSupplier connections, Supplier<Set<Integer>> userPartitions) {}

  private enum Signal {
    DRAINING,
    ENDING
  }

  private final PlacementConfig config;
  private final String id;
  private final Doings doings;
  private final Producer<byte[], byte[]> producer;
  private final InstantSource clock;
  private final PlacementMetrics metrics;

  /** Each signal is given once, or again: what finds no room changes nothing. */
  private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(8);

  private final Thread thread =
      new Thread(() -> FatalErrorHandler.HALT.guard(NAME, this::run), NAME);
  private boolean draining;
  private volatile boolean failing;

  EdgeAnnouncer(
      PlacementConfig config,
      String id,
      Doings doings,
      Producer<byte[], byte[]> producer,
      InstantSource clock,
      PlacementMetrics metrics) {
    this.config = config;
    this.id = id;
    this.doings = doings;
    this.producer = producer;
    this.clock = clock;
    this.metrics = metrics;
    thread.setDaemon(true);
  }

  /**
   * Starts announcing.
   *
   * @param id of this process, that no other has or ever had
   */
  public static EdgeAnnouncer start(
      KafkaSettings kafka,
      PlacementConfig config,
      String id,
      Doings doings,
      InstantSource clock,
      PlacementMetrics metrics) {
    Map<String, Object> properties = kafka.client(NAME, producerProperties(config));
    return new EdgeAnnouncer(
            config,
            id,
            doings,
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()),
            clock,
            metrics)
        .start();
  }

  EdgeAnnouncer start() {
    thread.start();
    return this;
  }

  /** In order, and not kept for long: an announcement that is late says what is no longer so. */
  private static Map<String, Object> producerProperties(PlacementConfig config) {
    int timeoutMs = Math.toIntExact(Math.max(MAX_BLOCK_MS, config.lease().toMillis() / PER_LEASE));
    return Map.of(
        ProducerConfig.ACKS_CONFIG,
        "all",
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
        false,
        ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
        1,
        ProducerConfig.LINGER_MS_CONFIG,
        0,
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        timeoutMs,
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        timeoutMs,
        ProducerConfig.MAX_BLOCK_MS_CONFIG,
        MAX_BLOCK_MS,
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        1L << 20);
  }

  private void run() {
    long intervalMs = config.lease().toMillis() / PER_LEASE;
    try {
      while (true) {
        announce();
        Signal signal = signals.poll(intervalMs, TimeUnit.MILLISECONDS);
        if (signal == Signal.ENDING) {
          send(null);
          return;
        }
        draining |= signal == Signal.DRAINING;
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("interrupted", e);
    } finally {
      close(producer);
    }
  }

  private static void close(Producer<byte[], byte[]> producer) {
    try {
      producer.close(LAST_WORD);
    } catch (InterruptException e) {
      LOG.debug("interrupted", e);
    }
  }

  /** Whatever is wrong with one announcement, others follow. */
  private void announce() {
    try {
      send(announcement().toBytes());
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      onDone(e);
    }
  }

  private EdgeAnnouncement announcement() {
    return new EdgeAnnouncement(
        id,
        config.publicUrl(),
        config.zone(),
        doings.connections().getAsInt(),
        doings.userPartitions().get(),
        draining,
        clock.millis(),
        config.lease().toMillis());
  }

  private void send(byte @Nullable [] value) {
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    try {
      // The callback tells all that the future would.
      var _ =
          producer.send(
              new ProducerRecord<>(Topics.EDGES, key, value),
              (written, failure) -> onDone(failure));
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      onDone(e);
    }
  }

  private void onDone(@Nullable Exception failure) {
    if (failure == null) {
      metrics.announced();
    } else {
      metrics.notAnnounced();
      if (!failing) {
        LOG.warn("this edge cannot be announced, trying on: {}", failure.toString());
      }
    }
    failing = failure != null;
  }

  /** This edge wants no new clients: the others hear of it at once. */
  public void draining() {
    signals.offer(Signal.DRAINING);
  }

  /** The last word, for which it is waited a few seconds at most. */
  @Override
  public void close() {
    signals.offer(Signal.ENDING);
    try {
      if (!thread.join(LAST_WORD.plusMillis(2L * MAX_BLOCK_MS))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
