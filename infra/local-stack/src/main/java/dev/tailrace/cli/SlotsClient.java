package dev.tailrace.cli;

import dev.tailrace.dispatcher.slots.MoveLog;
import dev.tailrace.dispatcher.slots.SlotRecords;
import dev.tailrace.dispatcher.slots.SlotWriters;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.SlotsFollower;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code tailrace.slots} for a command, and writes its request.
 *
 * <p>Threading: the main thread's; the follower has its own.
 */
final class SlotsClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final KafkaSettings kafka;
  private final Admin admin;
  private final MoveLog log = new MoveLog();
  private final SlotsFollower follower;

  private SlotsClient(KafkaSettings kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
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
    int timeoutMs = Math.toIntExact(TIMEOUT.toMillis());
    Admin admin =
        Admin.create(
            kafka.client(
                "tailrace-slots-command",
                Map.of(
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    timeoutMs,
                    CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                    timeoutMs / 3)));
    try {
      SlotsClient client = new SlotsClient(kafka, admin);
      if (client.follower.awaitCurrent(TIMEOUT)) {
        return client;
      }
      client.close();
    } catch (RuntimeException e) {
      admin.close(Duration.ZERO);
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
  Map<String, SourceId> sources(Collection<String> topics) {
    Map<String, SourceId> sources = new TreeMap<>();
    for (String topic : topics) {
      TopicDescription found = find(topic);
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
    TopicDescription found = find(topic);
    if (found == null) {
      throw CommandException.failed(
          "topic %s does not exist: a dispatcher creates it".formatted(topic));
    }
    return found.partitions().size();
  }

  private @Nullable TopicDescription find(String topic) {
    try {
      KafkaFuture<TopicDescription> asked =
          admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      if (asked == null) {
        throw CommandException.failed("Kafka does not know " + topic);
      }
      return asked.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw unreachable(e);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
  }

  private CommandException unreachable(Exception e) {
    return CommandException.failed(
        "no answer from Kafka at %s: start it, or name another (%s)"
            .formatted(kafka.bootstrapServers(), KafkaSettings.BOOTSTRAP_SERVERS.flagName()),
        e);
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
    admin.close(Duration.ZERO);
  }
}
