package dev.tailrace.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SourceStamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What any reader of the lanes ends up with: reads every lane partition of all generations from its
 * start to its present end, passes over what is void by {@code tailrace.slots}, and folds the rest
 * by the rule of the source stamps (keep the highest per source, drop what is not above it). An
 * address that has moved is read where it was, below the settled end, and then where it went. An
 * oracle for tests, written apart from the servers' own code.
 */
public final class LaneFold {
  /** A record of a lane. */
  public record LaneEntry(LanePartition lane, long offset, long timestampMs, Delivery delivery) {}

  private final List<LaneEntry> kept = new ArrayList<>();
  private final List<LaneEntry> dropped = new ArrayList<>();
  private final List<LaneEntry> voids = new ArrayList<>();
  private final SlotMaps maps;
  private final Map<LanePartition, Map<SourceId, SourceStamp>> highest = new HashMap<>();

  private LaneFold(SlotMaps maps) {
    this.maps = maps;
  }

  /** Reads both lanes on this broker. */
  public static LaneFold read(String bootstrapServers) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            "read_committed",
            "fetch.max.wait.ms", // what is asked next, or the close, waits for the fetch before
            10);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      LaneFold fold = new LaneFold(maps(consumer));
      Map<TopicPartition, LanePartition> lanes = new HashMap<>();
      for (LanePartition lane : fold.maps.newest().everyPartition()) {
        lanes.put(new TopicPartition(lane.topic(), lane.partition()), lane);
      }
      readAll(
          consumer,
          lanes.keySet(),
          record ->
              fold.add(
                  new LaneEntry(
                      Objects.requireNonNull(
                          lanes.get(new TopicPartition(record.topic(), record.partition()))),
                      record.offset(),
                      record.timestamp(),
                      parse(record.value()))));
      return fold;
    }
  }

  private static SlotMaps maps(KafkaConsumer<byte[], byte[]> consumer) {
    AtomicReference<SlotMaps> maps =
        new AtomicReference<>(
            SlotMaps.of(
                SlotMap.initial(
                    consumer.partitionsFor(Topics.USERS).size(),
                    consumer.partitionsFor(Topics.CHANNELS).size())));
    if (consumer.listTopics().containsKey(Topics.SLOTS)) {
      readAll(
          consumer,
          Set.of(new TopicPartition(Topics.SLOTS, 0)),
          record -> {
            try {
              SlotRecord said = SlotRecord.parseFrom(record.value());
              maps.updateAndGet(before -> before.with(said));
            } catch (InvalidProtocolBufferException e) {
              throw new IllegalStateException("no record of slots", e);
            }
          });
    }
    return maps.get();
  }

  private static void readAll(
      KafkaConsumer<byte[], byte[]> consumer,
      Set<TopicPartition> partitions,
      Consumer<ConsumerRecord<byte[], byte[]>> each) {
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (!isAtEnd(consumer, ends)) {
      consumer.poll(Duration.ofMillis(50)).forEach(each);
    }
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
    SourceId source = SourceId.of(stamp.getTopicId(), stamp.getPartition());
    if (!entry.delivery().hasUpstreamGap()
        && maps.isVoid(entry.delivery().getSlotMapVersion(), source, stamp.getOffset())) {
      voids.add(entry);
      return;
    }
    Map<SourceId, SourceStamp> marks =
        highest.computeIfAbsent(entry.lane(), lane -> new HashMap<>());
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

  /** Records that no reader takes, since the wrong version of the slot map has routed them. */
  public List<LaneEntry> voids() {
    return List.copyOf(voids);
  }

  /** The versions of the slot map that there are. */
  public SlotMaps maps() {
    return maps;
  }

  /** Events that a subscriber of this channel gets, in order. */
  public List<Event> channel(String channel) {
    int slot = SlotHash.channelSlot(channel);
    return events(Lane.CHANNELS, slot, delivery -> delivery.getChannel().equals(channel));
  }

  /** Events that this user gets, in order. */
  public List<Event> user(String user) {
    int slot = SlotHash.slot(user);
    return events(Lane.USERS, slot, delivery -> delivery.getUsersList().contains(user));
  }

  private List<Event> events(Lane lane, int slot, Predicate<Delivery> isFor) {
    List<Event> events = new ArrayList<>();
    LanePartition at = maps.map(1).partition(lane, slot);
    while (at != null) {
      LanePartition here = at;
      SlotMaps.Departure departure = maps.departure(here, slot);
      kept.stream()
          .filter(entry -> entry.lane().equals(here))
          .filter(entry -> departure == null || entry.offset() < departure.end())
          .map(LaneEntry::delivery)
          .filter(delivery -> delivery.hasEvent() && isFor.test(delivery))
          .forEach(delivery -> events.add(delivery.getEvent()));
      at = departure == null ? null : departure.next();
    }
    return List.copyOf(events);
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
