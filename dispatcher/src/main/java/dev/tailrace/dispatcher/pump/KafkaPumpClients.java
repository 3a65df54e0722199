package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.support.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes a pump's Kafka clients with the settings that its rules rest on.
 *
 * <p>Threading: immutable.
 */
public final class KafkaPumpClients implements PumpClients {
  /** A broker that hangs must cost less than the lease. */
  private static final int REQUEST_TIMEOUT_MS = 5_000;

  /** A member hears of a change of the group by the answer to a heartbeat, and not before. */
  private static final int HEARTBEAT_MS = 250;

  /** After how long a partition is seen that was added to an ingress topic. */
  private static final int METADATA_MAX_AGE_MS = 5_000;

  private static final int FETCH_BYTES = 8 << 20;

  /**
   * A broker answers one request of a connection after the other: whatever a start asks it (offsets
   * by time, ends) waits until a fetch that found nothing is answered, and the pump with it.
   */
  private static final int FETCH_WAIT_MS = 100;

  /** A batch of small records may take twice its bytes of buffer, and one batch is always open. */
  private static final long BUFFER_SPARE_BYTES = 16 << 20;

  private final KafkaSettings kafka;
  private final PumpConfig config;

  /** Those of pumps that are configured so. */
  public KafkaPumpClients(KafkaSettings kafka, PumpConfig config) {
    this.kafka = kafka;
    this.config = config;
  }

  @Override
  public Consumer<byte[], byte[]> ingressConsumer(
      String name, Duration session, MetadataWatch metadata) {
    int sessionMs = Math.toIntExact(session.toMillis());
    Map<String, Object> needed =
        Map.ofEntries(
            Map.entry(ConsumerConfig.GROUP_ID_CONFIG, config.group()),
            Map.entry(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic"),
            Map.entry(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName()),
            Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
            Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
            Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"),
            Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false"),
            Map.entry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, sessionMs),
            Map.entry(
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                Math.clamp(sessionMs / 3, 1, HEARTBEAT_MS)),
            Map.entry(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS),
            Map.entry(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS),
            Map.entry(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS),
            Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS),
            Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES));
    return new KafkaConsumer<>(kafka.client(name, needed), new ByteArrayDeserializer(), metadata);
  }

  @Override
  public Consumer<byte[], byte[]> laneConsumer(String name) {
    Map<String, Object> needed =
        Map.of(
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            "false",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
            "false",
            // What retention took away in the meantime nobody can be given twice.
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            REQUEST_TIMEOUT_MS,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            REQUEST_TIMEOUT_MS,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            FETCH_WAIT_MS,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            FETCH_BYTES);
    return new KafkaConsumer<>(
        kafka.client(name + "-read-back", needed),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Override
  public Producer<byte[], byte[]> laneProducer(String name) {
    Map<String, Object> needed =
        Map.of(
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            "true",
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1,
            ProducerConfig.RETRIES_CONFIG,
            Integer.MAX_VALUE,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            Integer.MAX_VALUE,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            REQUEST_TIMEOUT_MS,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            REQUEST_TIMEOUT_MS,
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            2 * config.inFlightBytes() + BUFFER_SPARE_BYTES,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            TopicConfig.MAX_MESSAGE_BYTES);
    return new KafkaProducer<>(
        kafka.client(name + "-lanes", needed),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
