package dev.tailrace.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SourceStamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What any reader of the lanes ends up with: reads every lane partition from its start to its
 * present end and folds it by the rule of the source stamps (keep the highest per source, drop what
 * is not above it). An oracle for tests, written apart from the servers' own code.
 */
public final class LaneFold {
  /** A record of a lane. */
  public record LaneEntry(LanePartition lane, long offset, long timestampMs, Delivery delivery) {}

  private record Source(ByteString topicId, int partition) {}

  private final List<LaneEntry> kept = new ArrayList<>();
  private final List<LaneEntry> dropped = new ArrayList<>();
  private final Map<LanePartition, Map<Source, SourceStamp>> highest = new HashMap<>();

  private LaneFold() {}

  /** Reads both lanes' first generation on this broker. */
  public static LaneFold read(String bootstrapServers) {
    LaneFold fold = new LaneFold();
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (Lane lane : Lane.values()) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo info : consumer.partitionsFor(lane.topic())) {
          partitions.add(new TopicPartition(info.topic(), info.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (!isAtEnd(consumer, ends)) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
            fold.add(
                new LaneEntry(
                    new LanePartition(lane, 1, record.partition()),
                    record.offset(),
                    record.timestamp(),
                    parse(record.value())));
          }
        }
      }
    }
    return fold;
  }

  private static boolean isAtEnd(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  private static Delivery parse(byte[] value) {
    try {
      return Delivery.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a lane record that is no delivery", e);
    }
  }

  private void add(LaneEntry entry) {
    SourceStamp stamp = entry.delivery().getSource();
    Map<Source, SourceStamp> marks = highest.computeIfAbsent(entry.lane(), lane -> new HashMap<>());
    Source source = new Source(stamp.getTopicId(), stamp.getPartition());
    SourceStamp mark = marks.get(source);
    if (mark == null || isAbove(stamp, mark)) {
      marks.put(source, stamp);
      kept.add(entry);
    } else {
      dropped.add(entry);
    }
  }

  private static boolean isAbove(SourceStamp stamp, SourceStamp mark) {
    return stamp.getOffset() > mark.getOffset()
        || (stamp.getOffset() == mark.getOffset() && stamp.getSubIndex() > mark.getSubIndex());
  }

  /** What survives, per lane partition in log order. */
  public List<LaneEntry> kept() {
    return List.copyOf(kept);
  }

  /** Copies that a reader drops. */
  public List<LaneEntry> dropped() {
    return List.copyOf(dropped);
  }

  /** Events that a subscriber of this channel gets, in order. */
  public List<Event> channel(String channel) {
    return kept.stream()
        .map(LaneEntry::delivery)
        .filter(delivery -> delivery.hasEvent() && delivery.getChannel().equals(channel))
        .map(Delivery::getEvent)
        .toList();
  }

  /** Events that this user gets, in order. */
  public List<Event> user(String user) {
    return kept.stream()
        .map(LaneEntry::delivery)
        .filter(delivery -> delivery.hasEvent() && delivery.getUsersList().contains(user))
        .map(Delivery::getEvent)
        .toList();
  }

  /** Entries that tell an upstream gap. */
  public List<LaneEntry> gaps() {
    return kept.stream().filter(entry -> entry.delivery().hasUpstreamGap()).toList();
  }

  /** Lane partitions that hold anything. */
  public Set<LanePartition> lanes() {
    return Set.copyOf(highest.keySet());
  }
}
