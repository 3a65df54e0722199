package dev.tailrace.dispatcher.slots;

import dev.tailrace.dispatcher.admin.TopicProvisioner;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks Kafka itself.
 *
 * <p>Threading: the keeper's thread only; blocks for 5 s per answer at most.
 */
final class KafkaMoveCluster implements MoveCluster {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /**
   * For how long a configured topic has to be missing before its partitions are not waited for: a
   * broker that is behind must not make one look deleted, since a fence that does not name its
   * partitions would void what was read of them.
   */
  private static final long GONE_AFTER_MS = 10_000;

  private final Admin admin;
  private final TopicProvisioner topics;
  private final List<String> ingressTopics;
  private final Clock clock;
  private final Map<String, Long> missingSinceMs = new HashMap<>();
  private final Map<SourceId, Long> unseenSinceMs = new HashMap<>();

  KafkaMoveCluster(Admin admin, TopicProvisioner topics, List<String> ingressTopics, Clock clock) {
    this.admin = admin;
    this.topics = topics;
    this.ingressTopics = ingressTopics;
    this.clock = clock;
  }

  @Override
  public Set<SourceId> sources() {
    return new HashSet<>(partitions().values());
  }

  @Override
  public Map<SourceId, Long> sourceEnds() {
    Map<TopicPartition, SourceId> partitions = partitions();
    // As pumps read: what is behind an open transaction nobody has.
    Map<TopicPartition, Long> found = ends(partitions.keySet(), IsolationLevel.READ_COMMITTED);
    if (!partitions().equals(partitions)) { // else an end might be another topic's of that name
      throw new KafkaException("the ingress topics have changed just now");
    }
    Map<SourceId, Long> ends = new HashMap<>();
    partitions.forEach((partition, source) -> ends.put(source, end(found, partition)));
    return ends;
  }

  @Override
  public Map<LanePartition, Long> laneEnds(Collection<LanePartition> partitions) {
    Map<LanePartition, TopicPartition> asked = new HashMap<>();
    partitions.forEach(lane -> asked.put(lane, new TopicPartition(lane.topic(), lane.partition())));
    Map<TopicPartition, Long> found =
        ends(Set.copyOf(asked.values()), IsolationLevel.READ_UNCOMMITTED);
    Map<LanePartition, Long> ends = new HashMap<>();
    asked.forEach((lane, partition) -> ends.put(lane, end(found, partition)));
    return ends;
  }

  @Override
  public boolean areGone(Collection<SourceId> sources) {
    Set<SourceId> there = sources.isEmpty() ? Set.of() : sources();
    long now = clock.millis();
    boolean all = true;
    for (SourceId source : sources) {
      if (there.contains(source)) {
        unseenSinceMs.remove(source);
        all = false;
      } else {
        all &= now - unseenSinceMs.computeIfAbsent(source, s -> now) >= GONE_AFTER_MS;
      }
    }
    return all;
  }

  /** What was seen before somebody else has led says nothing any more. */
  void forget() {
    missingSinceMs.clear();
    unseenSinceMs.clear();
  }

  /** The end of the committed records of {@code tailrace.slots}. */
  long slotsEnd() {
    TopicPartition slots = new TopicPartition(Topics.SLOTS, 0);
    return end(ends(Set.of(slots), IsolationLevel.READ_COMMITTED), slots);
  }

  @Override
  public String createGeneration(String topic, int partitions) {
    return topics.createGeneration(topic, partitions);
  }

  private Map<TopicPartition, SourceId> partitions() {
    Map<TopicPartition, SourceId> partitions = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> asked :
        admin.describeTopics(ingressTopics).topicNameValues().entrySet()) {
      String topic = asked.getKey();
      try {
        TopicDescription found = await(asked.getValue());
        missingSinceMs.remove(topic);
        for (TopicPartitionInfo one : found.partitions()) {
          partitions.put(
              new TopicPartition(topic, one.partition()), source(found.topicId(), one.partition()));
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw failed(e);
        }
        requireLongGone(topic);
      }
    }
    return partitions;
  }

  private void requireLongGone(String topic) {
    long now = clock.millis();
    Long since = missingSinceMs.putIfAbsent(topic, now);
    if (since == null || now - since < GONE_AFTER_MS) {
      throw new KafkaException(
          "ingress topic %s is not there; if it stays so the move goes on without it"
              .formatted(topic));
    }
  }

  private static SourceId source(Uuid id, int partition) {
    return new SourceId(id.getMostSignificantBits(), id.getLeastSignificantBits(), partition);
  }

  private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    try {
      Map<TopicPartition, Long> ends = new HashMap<>();
      await(admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all())
          .forEach((partition, end) -> ends.put(partition, end.offset()));
      return ends;
    } catch (ExecutionException e) {
      throw failed(e);
    }
  }

  private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
    Long end = ends.get(partition);
    if (end == null) {
      throw new KafkaException("Kafka does not say where " + partition + " ends");
    }
    return end;
  }

  private static <T> T await(KafkaFuture<T> answer) throws ExecutionException {
    try {
      return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KafkaException("Kafka does not answer", e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static KafkaException failed(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new KafkaException(String.valueOf(cause.getMessage()), cause);
  }
}
