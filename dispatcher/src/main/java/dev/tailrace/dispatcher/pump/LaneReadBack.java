package dev.tailrace.dispatcher.pump;

import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the lanes back when source partitions start, and follows them until nobody else can still
 * write copies of theirs; what it sees, and is not void, goes to {@link LaneMarks}. Read are the
 * partitions of all generations that there are, and those that come meanwhile.
 *
 * <p>Threading: dispatcher-pump-N only; its consumer lives only while there is something to read.
 */
final class LaneReadBack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaneReadBack.class);

  /** Allows for clocks that differ: the time asked for is another pump's. */
  private static final long CLOCK_SKEW_MS = 5_000;

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final SlotVersions slots;
  private final LaneMarks marks;
  private final Map<TopicPartition, LanePartition> lanes = new HashMap<>();
  private final Map<TopicPartition, Long> targets = new HashMap<>();
  private @Nullable Consumer<byte[], byte[]> consumer;
  private int lanesVersion;
  private long followUntilMs;

  LaneReadBack(Supplier<Consumer<byte[], byte[]>> consumers, SlotVersions slots, LaneMarks marks) {
    this.consumers = consumers;
    this.slots = slots;
    this.marks = marks;
  }

  /**
   * Reads from this time to the present end, and on until {@code followUntilMs}.
   *
   * @param fromMs 0 reads all that the lanes hold
   */
  void begin(long fromMs, long followUntilMs) {
    boolean following = consumer != null;
    Consumer<byte[], byte[]> reader = consumer == null ? consumers.get() : consumer;
    consumer = reader;
    if (!following) {
      lanes.clear();
    }
    addLanes(reader);
    Map<TopicPartition, Long> starts = starts(reader, fromMs);
    Map<TopicPartition, Long> ends = reader.endOffsets(lanes.keySet());
    for (TopicPartition lane : lanes.keySet()) {
      long end = ends.getOrDefault(lane, 0L);
      long start = Math.min(starts.getOrDefault(lane, end), end);
      if (!following || reader.position(lane) > start) {
        reader.seek(lane, start);
      }
      targets.put(lane, end);
    }
    this.followUntilMs = Math.max(this.followUntilMs, followUntilMs);
  }

  /** Returns the partitions that were not read before. */
  private Set<TopicPartition> addLanes(Consumer<byte[], byte[]> reader) {
    SlotMaps maps = slots.get();
    lanesVersion = maps.newest().version();
    Set<LanePartition> used = new HashSet<>(maps.settled().partitions());
    used.addAll(maps.newest().partitions());
    Map<String, Boolean> exists = new HashMap<>();
    Set<TopicPartition> added = new HashSet<>();
    for (LanePartition lane : maps.newest().everyPartition()) {
      TopicPartition partition = new TopicPartition(lane.topic(), lane.partition());
      if ((used.contains(lane) || exists.computeIfAbsent(lane.topic(), t -> exists(reader, t)))
          && lanes.put(partition, lane) == null) {
        added.add(partition);
      }
    }
    if (!added.isEmpty()) {
      reader.assign(lanes.keySet());
    }
    return added;
  }

  /** A former generation's topic may have been deleted. */
  private static boolean exists(Consumer<byte[], byte[]> reader, String topic) {
    return !reader.partitionsFor(topic).isEmpty();
  }

  /** Those that are read, or were when last there was anything to read; in order. */
  List<LanePartition> lanes() {
    return lanes.values().stream().sorted().toList();
  }

  private Map<TopicPartition, Long> starts(Consumer<byte[], byte[]> reader, long fromMs) {
    if (fromMs <= 0) {
      return reader.beginningOffsets(lanes.keySet());
    }
    Map<TopicPartition, Long> times = new HashMap<>();
    for (TopicPartition lane : lanes.keySet()) {
      times.put(lane, Math.max(0, fromMs - CLOCK_SKEW_MS));
    }
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> found :
        reader.offsetsForTimes(times).entrySet()) {
      OffsetAndTimestamp first = found.getValue();
      if (first != null) {
        starts.put(found.getKey(), first.offset());
      }
    }
    return starts;
  }

  /** Reads what has come, waiting this long at most; ends the following when its time is over. */
  void turn(Duration wait, long nowMs) {
    Consumer<byte[], byte[]> reader = consumer;
    if (reader == null) {
      return;
    }
    if (slots.get().newest().version() != lanesVersion) {
      reader.seekToBeginning(addLanes(reader));
    }
    for (ConsumerRecord<byte[], byte @Nullable []> record : reader.poll(wait)) {
      LanePartition lane = lanes.get(new TopicPartition(record.topic(), record.partition()));
      LaneCopy copy = LaneCopy.of(record.value());
      if (lane != null && copy != null && !copy.isVoid(slots.get())) {
        marks.observe(lane, copy, record.timestamp());
      }
    }
    targets.entrySet().removeIf(target -> reader.position(target.getKey()) >= target.getValue());
    if (targets.isEmpty() && nowMs > followUntilMs) {
      LOG.debug("the lanes need not be followed any longer");
      close();
    }
  }

  /** Whether everything that was there at the start has been seen. */
  boolean caughtUp() {
    return targets.isEmpty();
  }

  /** Whether copies that others write are still looked for. */
  boolean isFollowing() {
    return consumer != null;
  }

  @Override
  public void close() {
    Consumer<byte[], byte[]> reader = consumer;
    consumer = null;
    targets.clear();
    if (reader != null) {
      reader.close(PumpClients.AT_ONCE);
    }
  }
}
