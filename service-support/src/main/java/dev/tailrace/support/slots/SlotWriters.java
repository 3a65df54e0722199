package dev.tailrace.support.slots;

import dev.tailrace.support.kafka.KafkaSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes the producers that write {@code tailrace.slots}.
 *
 * <p>Threading: stateless.
 */
public final class SlotWriters {
  private static final int REQUEST_TIMEOUT_MS = 5_000;
  private static final int DELIVERY_TIMEOUT_MS = 10_000;

  /** One for the platform: the one who took it last is the coordinator. */
  private static final String COORDINATOR_ID = "tailrace-slots";

  private SlotWriters() {}

  /** For requests, and for what pumps have reached. */
  public static Producer<byte[], byte[]> plain(KafkaSettings kafka, String name) {
    return producer(kafka, name, Map.of());
  }

  /** For the one who leads a move: whoever makes one ends the others. */
  public static Producer<byte[], byte[]> coordinator(KafkaSettings kafka, String name) {
    return producer(
        kafka,
        name,
        Map.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            COORDINATOR_ID,
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
            DELIVERY_TIMEOUT_MS));
  }

  private static Producer<byte[], byte[]> producer(
      KafkaSettings kafka, String name, Map<String, Object> more) {
    Map<String, Object> needed = new HashMap<>(more);
    needed.put(ProducerConfig.ACKS_CONFIG, "all");
    needed.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    needed.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    needed.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    needed.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_TIMEOUT_MS);
    needed.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
    return new KafkaProducer<>(
        kafka.client(name, needed), new ByteArraySerializer(), new ByteArraySerializer());
  }
}
