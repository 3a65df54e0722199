package dev.tailrace.edge.tail;

import dev.tailrace.support.kafka.KafkaSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Consumers for lane partitions: assigned by hand, in no group, never resetting a position by
 * themselves. The classic protocol, whose fetch path is the older and steadier one for a live tail.
 */
public final class LaneConsumers {
  /**
   * What a broker answers at once, about. It is read into one array: from half a region on, which
   * is 512 KiB in a heap of up to 4 GiB, the G1 collector gives that regions of its own, and while
   * much is read it stops the process for that (ADR 17).
   */
  private static final int RESPONSE_BYTES = 384 << 10;

  private LaneConsumers() {}

  /** For the live tail: small waits, and no poll larger than an eighth of a window. */
  public static Consumer<byte[], byte[]> forTail(
      KafkaSettings kafka, String clientId, long logBytes) {
    int perPartition = (int) Math.max(64 << 10, Math.min(RESPONSE_BYTES, logBytes / 8));
    return create(
        kafka,
        clientId,
        Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            perPartition,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            100));
  }

  /** For reading back. */
  public static Consumer<byte[], byte[]> forCatchUp(KafkaSettings kafka, String clientId) {
    return create(
        kafka,
        clientId,
        Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            RESPONSE_BYTES,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            50));
  }

  private static Consumer<byte[], byte[]> create(
      KafkaSettings kafka, String clientId, Map<String, Object> more) {
    Map<String, Object> needed = new HashMap<>(more);
    needed.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, RESPONSE_BYTES);
    needed.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    needed.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    needed.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    needed.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    needed.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    needed.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    needed.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    needed.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    return new KafkaConsumer<>(
        kafka.client(clientId, needed), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
