package dev.tailrace.system;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.testing.LaneFold.LaneEntry;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes what the lanes hold once more, as a dispatcher does that was paused or killed before its
 * commit: the same stamps and the same times, which brokers refuse once they are old.
 *
 * <p>Threading: one test thread.
 */
final class LaneCopies {
  private LaneCopies() {}

  /** Returns how many records the lanes took. */
  static int write(String bootstrapServers) throws Exception {
    int taken = 0;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (LaneEntry entry : LaneFold.read(bootstrapServers).kept()) {
        LanePartition lane = entry.lane();
        ProducerRecord<byte[], byte[]> copy =
            new ProducerRecord<>(
                lane.topic(),
                lane.partition(),
                entry.timestampMs(),
                null,
                entry.delivery().toByteArray());
        try {
          producer.send(copy).get();
          taken++;
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof InvalidTimestampException)) {
            throw e;
          }
        }
      }
    }
    return taken;
  }
}
