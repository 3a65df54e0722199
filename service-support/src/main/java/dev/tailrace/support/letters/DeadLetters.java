package dev.tailrace.support.letters;

import dev.tailrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Reads the dead letters, one after the other, up to where they ended when that was begun.
 *
 * <p>Threading: one thread; blocks.
 */
public final class DeadLetters {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int MOST_IDLE_POLLS = 40;

  private final Consumer<byte[], byte[]> consumer;

  /** By this consumer, which is in no group and resets to the earliest. */
  public DeadLetters(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Gives all of them, or of each partition the last so many offsets.
   *
   * @throws UnknownTopicOrPartitionException when the topic does not exist
   * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
   */
  public void read(long last, java.util.function.Consumer<RejectedRecord> each) {
    List<PartitionInfo> found = consumer.partitionsFor(Topics.DEAD_LETTERS);
    if (found == null || found.isEmpty()) {
      throw new UnknownTopicOrPartitionException(
          "topic %s does not exist: a dispatcher creates it".formatted(Topics.DEAD_LETTERS));
    }
    List<TopicPartition> partitions =
        found.stream().map(one -> new TopicPartition(one.topic(), one.partition())).toList();
    consumer.assign(partitions);
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    ends.forEach(
        (partition, end) ->
            consumer.seek(partition, Math.max(starts.getOrDefault(partition, 0L), end - last)));
    int idle = 0;
    while (!isAtEnd(ends)) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      idle = records.isEmpty() ? idle + 1 : 0;
      if (idle == MOST_IDLE_POLLS) {
        throw new TimeoutException("Kafka answers no more");
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < ends.getOrDefault(partition, 0L)) {
          each.accept(RejectedRecord.of(record));
        }
      }
    }
  }

  private boolean isAtEnd(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }
}
