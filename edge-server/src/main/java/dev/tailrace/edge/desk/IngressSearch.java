package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an event among the ingress records that the dispatchers have not committed yet: those
 * that may be in no lane.
 *
 * <p>Threading: any thread that may wait; each call has a consumer of its own.
 */
final class IngressSearch {
  /** Of each partition, the next ones. */
  private static final long MOST_RECORDS = 20_000;

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long ANSWER_MS = 2_000;

  private final Admin admin;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final List<String> topics;
  private final String group;
  private final EdgeClock clock;

  /**
   * Among the records of these topics.
   *
   * @param group of the dispatchers
   */
  IngressSearch(
      Admin admin,
      Supplier<Consumer<byte[], byte[]>> consumers,
      List<String> topics,
      String group,
      EdgeClock clock) {
    this.admin = admin;
    this.consumers = consumers;
    this.topics = List.copyOf(topics);
    this.group = group;
    this.clock = clock;
  }

  /** The names of the ingress topics that are there, by their ids. */
  Map<Uuid, String> names() {
    Map<Uuid, String> names = new HashMap<>();
    admin
        .describeTopics(topics)
        .topicNameValues()
        .forEach(
            (name, asked) -> {
              TopicDescription found = answer(asked);
              if (found != null) {
                names.put(found.topicId(), name);
              }
            });
    return names;
  }

  /** Where the event waits; null when it does not, as far as can be seen. */
  @Nullable Map<String, Object> find(String id) {
    Map<TopicPartition, OffsetAndMetadata> committed =
        answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      Map<TopicPartition, Long> ends = begin(consumer, committed == null ? Map.of() : committed);
      long untilMs = clock.monotonicMs() + LONGEST.toMillis();
      while (clock.monotonicMs() < untilMs && !isAtEnd(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
          if (EventIds.has(one, id)) {
            return json(one, committed == null ? Map.of() : committed);
          }
        }
      }
      return null;
    }
  }

  /** Seeks to what is not committed; returns up to where it is looked at. */
  private Map<TopicPartition, Long> begin(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> committed) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      if (known != null) {
        known.forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
      }
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = new HashMap<>();
    consumer
        .endOffsets(partitions)
        .forEach(
            (one, end) -> {
              OffsetAndMetadata done = committed.get(one);
              long from = Math.max(begins.getOrDefault(one, 0L), done == null ? 0 : done.offset());
              consumer.seek(one, from);
              ends.put(one, Math.min(end, from + MOST_RECORDS));
            });
    return ends;
  }

  private static boolean isAtEnd(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private static Map<String, Object> json(
      ConsumerRecord<byte[], byte[]> one, Map<TopicPartition, OffsetAndMetadata> committed) {
    OffsetAndMetadata done = committed.get(new TopicPartition(one.topic(), one.partition()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", one.topic());
    json.put("partition", one.partition());
    json.put("offset", one.offset());
    json.put("committed_offset", done == null ? -1 : done.offset());
    json.put("written", ViewJson.moment(one.timestamp()));
    return json;
  }

  /** Null when it cannot be had: a topic or a group that is not there. */
  private static <T> @Nullable T answer(KafkaFuture<T> asked) {
    try {
      return asked.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      return null;
    } catch (TimeoutException e) {
      throw new KafkaException("Kafka does not answer", e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
