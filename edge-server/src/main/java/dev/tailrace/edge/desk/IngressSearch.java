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
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for an event among the ingress records that the dispatchers have not committed yet: those
 * that may be in no lane.
 *
 * <p>Threading: any thread that may wait; each call has a consumer of its own.
 */
final class IngressSearch {
  private static final Logger LOG = LoggerFactory.getLogger(IngressSearch.class);

  /** Of each partition, the next ones. */
  private static final long MOST_RECORDS = 20_000;

  private static final Duration LONGEST = Duration.ofSeconds(3);
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
    if (committed == null) {
      return null; // what of it is routed is not known
    }
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      Map<TopicPartition, Long> ends = begin(consumer, committed);
      long untilMs = clock.monotonicMs() + LONGEST.toMillis();
      while (clock.monotonicMs() < untilMs && !isAtEnd(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
          if (EventIds.has(one, id)) {
            return json(one, committed);
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
      partitionsOf(consumer, topic)
          .forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
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

  /** None of a topic that is not there, or that this edge may not see. */
  private static List<PartitionInfo> partitionsOf(Consumer<byte[], byte[]> consumer, String topic) {
    try {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      return known == null ? List.of() : known;
    } catch (TopicAuthorizationException e) {
      LOG.debug("ingress topic {} cannot be searched", topic, e);
      return List.of();
    }
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

  /** Null when it cannot be had: what is not there, may not be asked for, or is not answered. */
  private static <T> @Nullable T answer(KafkaFuture<T> asked) {
    try {
      return asked.get(ANSWER_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("not answered", e);
      return null;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
