package dev.tailrace.system.rehearsals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Copies topics from one cluster to topics of the same names of another, as MirrorMaker does by its
 * {@code IdentityReplicationPolicy}: partitions, keys, values, headers and times stay, offsets and
 * the topics' ids do not.
 *
 * <p>Threading: one test thread.
 */
final class TopicCopies {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String OLDEST = "message.timestamp.before.max.ms";

  private final String from;
  private final String to;

  /** From brokers to others. */
  TopicCopies(String from, String to) {
    this.from = from;
    this.to = to;
  }

  /** Lets these topics take records of any age, or again only those that they took before. */
  static Map<String, String> allowAnyAge(Admin admin, Collection<String> topics) throws Exception {
    Map<String, String> before = new HashMap<>();
    for (String topic : topics) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      before.put(
          topic,
          admin.describeConfigs(List.of(resource)).all().get().get(resource).get(OLDEST).value());
      setOldest(admin, topic, Long.toString(Long.MAX_VALUE));
    }
    return before;
  }

  /** How old the records may be that a topic takes, in milliseconds. */
  static void setOldest(Admin admin, String topic, String ms) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(new AlterConfigOp(new ConfigEntry(OLDEST, ms), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  /** All that they hold; returns how many records that were. */
  int copy(Collection<String> topics) throws Exception {
    int count = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", from, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", to, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      List<TopicPartition> partitions =
          topics.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Future<?>> sent = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          sent.add(producer.send(copy(record)));
        }
      }
      for (Future<?> one : sent) {
        var _ = one.get();
        count++;
      }
    }
    return count;
  }

  private static ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record) {
    return new ProducerRecord<>(
        record.topic(),
        record.partition(),
        record.timestamp(),
        record.key(),
        record.value(),
        record.headers());
  }
}
