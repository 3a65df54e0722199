package dev.tailrace.cli;

import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.support.slots.SlotWriters;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Reads {@code tailrace.slots} for a command, and writes its request.
 *
 * <p>Threading: the main thread's; the follower has its own.
 */
final class SlotsClient implements AutoCloseable {
  private final KafkaSettings kafka;
  private final TopicLookup topics;
  private final MoveLog log = new MoveLog();
  private final SlotsFollower follower;

  private SlotsClient(KafkaSettings kafka, TopicLookup topics) {
    this.kafka = kafka;
    this.topics = topics;
    int users = partitions(Topics.USERS);
    int channels = partitions(Topics.CHANNELS);
    this.follower =
        SlotsFollower.start(
            kafka,
            "tailrace-slots-command",
            SlotMap.initial(users, channels),
            log::onRecord,
            () -> {},
            (thread, e) -> {});
  }

  /** Returns when all that the topic tells has been read. */
  static SlotsClient connect(KafkaSettings kafka) throws InterruptedException {
    TopicLookup topics = new TopicLookup(kafka, "tailrace-slots-command");
    try {
      SlotsClient client = new SlotsClient(kafka, topics);
      if (client.follower.awaitCurrent(TopicLookup.TIMEOUT)) {
        return client;
      }
      client.close();
    } catch (RuntimeException e) {
      topics.close();
      throw e;
    }
    throw CommandException.failed("topic %s cannot be read".formatted(Topics.SLOTS));
  }

  SlotMaps maps() {
    return follower.get();
  }

  MoveLog log() {
    return log;
  }

  /** The partitions of those of these topics that are there, by how Kafka's tools name them. */
  Map<String, SourceId> sources(Collection<String> names) {
    Map<String, SourceId> sources = new TreeMap<>();
    for (String topic : names) {
      TopicDescription found = topics.find(topic);
      if (found == null) {
        continue;
      }
      for (TopicPartitionInfo one : found.partitions()) {
        sources.put(
            topic + "-" + one.partition(),
            new SourceId(
                found.topicId().getMostSignificantBits(),
                found.topicId().getLeastSignificantBits(),
                one.partition()));
      }
    }
    return sources;
  }

  private int partitions(String topic) {
    return topics.describe(topic).partitions().size();
  }

  /** Returns when Kafka has it. */
  void ask(SlotRequest request) {
    try (Producer<byte[], byte[]> producer = SlotWriters.plain(kafka, "tailrace-slots-command")) {
      producer.send(SlotRecords.toKafka(SlotRecord.newBuilder().setRequest(request).build())).get();
    } catch (ExecutionException e) {
      throw CommandException.failed("the request is not written: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
  }

  @Override
  public void close() {
    follower.close();
    topics.close();
  }
}
