package dev.tailrace.edge.desk;

import dev.tailrace.support.kafka.KafkaSettings;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Makes the consumers by which the desk reads: in no group, each for one question. They give up
 * after two seconds without an answer of Kafka.
 *
 * <p>Threading: any thread.
 */
final class DeskClients {
  private static final int TIMEOUT_MS = 2_000;
  private static final int FETCH_WAIT_MS = 50;
  private static final int FETCH_BYTES = 16 << 20;
  private static final int RECORDS = 5_000;

  private final KafkaSettings kafka;
  private final AtomicInteger number = new AtomicInteger();

  DeskClients(KafkaSettings kafka) {
    this.kafka = kafka;
  }

  Consumer<byte[], byte[]> consumer() {
    Map<String, Object> needed =
        Map.ofEntries(
            Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
            Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
            Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
            Map.entry(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic"),
            Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS),
            Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES),
            Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS),
            Map.entry(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS),
            Map.entry(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS));
    return new KafkaConsumer<>(
        kafka.client("edge-desk-" + number.incrementAndGet(), needed),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
