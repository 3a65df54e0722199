package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What processes say of themselves, read from Kafka.
 *
 * <p>Threading: stateless.
 */
final class FleetReports {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TopicPartition FLEET = new TopicPartition(Topics.FLEET, 0);

  private FleetReports() {}

  /** The last report of each, by its name. */
  static Map<String, ProcessReport> last(String bootstrapServers) throws Exception {
    Map<String, ProcessReport> last = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(FLEET));
      consumer.seekToBeginning(List.of(FLEET));
      long end = consumer.endOffsets(List.of(FLEET)).getOrDefault(FLEET, 0L);
      while (consumer.position(FLEET) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
          ProcessReport report = Fleet.parseFrom(record.value()).getReport();
          assertThat(new String(record.key(), StandardCharsets.UTF_8))
              .isEqualTo("process/" + report.getProcess());
          last.put(report.getProcess(), report);
        }
      }
    }
    return last;
  }

  /** How many latencies an edge has observed. */
  static long latencies(ProcessReport of) {
    return of.getEdge().getDeliveryLatency().getCountsList().stream().mapToLong(c -> c).sum();
  }
}
