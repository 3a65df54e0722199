package dev.tailrace.edge.desk;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an event among the records of the lanes, the newest first: some thousand of each
 * partition at a time, until all is looked at that is young enough, or the bounds are reached.
 * Repetitions and void records are nothing that edges deliver, and are not found.
 *
 * <p>Threading: one thread, which waits for Kafka.
 */
final class LaneSearch {
  /** Records that are looked at in each partition, at most; counted as offsets. */
  static final long MOST_RECORDS = 200_000;

  /** How long a search takes at most. */
  static final Duration LONGEST = Duration.ofSeconds(20);

  private static final int MOST_HITS = 100;
  private static final int STRIDE = 20_000;
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * What was found.
   *
   * @param hits by partition, then offset; 100 at most
   * @param records that were looked at
   * @param fromMs since when all is looked at; milliseconds since the epoch
   * @param complete whether that is all that was asked for
   */
  record Result(List<LaneHit> hits, long records, long fromMs, boolean complete) {}

  /** What is to be looked at of one partition: from low up to high, and the first looked at. */
  private static final class Span {
    private final LanePartition partition;
    private final long low;
    private final boolean cut;
    private long high;
    private long strideLow;
    private long oldestMs = Long.MAX_VALUE;
    private long strideOldestMs = Long.MAX_VALUE;

    private Span(LanePartition partition, long low, long high, boolean cut) {
      this.partition = partition;
      this.low = low;
      this.high = high;
      this.cut = cut;
    }

    private void beginStride() {
      strideLow = Math.max(low, high - STRIDE);
      strideOldestMs = Long.MAX_VALUE;
    }

    /** Only now: within a stride the oldest come first, and what follows may be cut off. */
    private void endStride() {
      high = strideLow;
      oldestMs = Math.min(oldestMs, strideOldestMs);
    }

    private boolean isLeft() {
      return high > low;
    }

    private boolean isWhole() {
      return !cut && !isLeft();
    }
  }

  private final Consumer<byte[], byte[]> consumer;
  private final SlotMaps slots;
  private final EdgeClock clock;
  private final long mostRecords;
  private final Map<List<Object>, LaneHit> hits = new HashMap<>();
  private long records;
  private long sinceMs;

  /** With a consumer in no group. */
  LaneSearch(Consumer<byte[], byte[]> consumer, SlotMaps slots, EdgeClock clock) {
    this(consumer, slots, clock, MOST_RECORDS);
  }

  LaneSearch(Consumer<byte[], byte[]> consumer, SlotMaps slots, EdgeClock clock, long mostRecords) {
    this.consumer = consumer;
    this.slots = slots;
    this.clock = clock;
    this.mostRecords = mostRecords;
  }

  /** The deliveries of the event with this id that are not older than that. */
  Result find(String id, Duration since) {
    long untilMs = clock.monotonicMs() + LONGEST.toMillis();
    sinceMs = clock.millis() - since.toMillis();
    byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
    Map<TopicPartition, Span> spans = spans();
    boolean inTime = true;
    while (inTime && spans.values().stream().anyMatch(Span::isLeft)) {
      inTime = readStride(spans, wanted, id, untilMs);
    }
    boolean complete = spans.values().stream().allMatch(Span::isWhole);
    long fromMs =
        spans.values().stream()
            .filter(span -> !span.isWhole())
            .mapToLong(span -> span.oldestMs == Long.MAX_VALUE ? clock.millis() : span.oldestMs)
            .reduce(sinceMs, Math::max);
    return new Result(sorted(), records, fromMs, complete);
  }

  private List<LaneHit> sorted() {
    return hits.values().stream()
        .sorted(Comparator.comparing(LaneHit::partition).thenComparingLong(LaneHit::offset))
        .toList();
  }

  private Map<TopicPartition, Span> spans() {
    Map<TopicPartition, LanePartition> lanes = new LinkedHashMap<>();
    Map<String, List<LanePartition>> byTopic =
        slots.newest().everyPartition().stream()
            .collect(Collectors.groupingBy(LanePartition::topic));
    byTopic.forEach(
        (topic, partitions) -> {
          int count = count(topic);
          for (LanePartition one : partitions) {
            if (one.partition() < count) { // its topic may be about to come, or gone
              lanes.put(new TopicPartition(topic, one.partition()), one);
            }
          }
        });
    consumer.assign(lanes.keySet());
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(lanes.keySet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(lanes.keySet());
    Map<TopicPartition, Long> times = new HashMap<>();
    lanes.keySet().forEach(one -> times.put(one, sinceMs));
    Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
    Map<TopicPartition, Span> spans = new LinkedHashMap<>();
    lanes.forEach(
        (kafka, lane) -> {
          long end = ends.getOrDefault(kafka, 0L);
          OffsetAndTimestamp start = starts.get(kafka);
          long low = Math.max(begins.getOrDefault(kafka, 0L), start == null ? end : start.offset());
          spans.put(
              kafka,
              new Span(lane, Math.max(low, end - mostRecords), end, low < end - mostRecords));
        });
    return spans;
  }

  private int count(String topic) {
    List<PartitionInfo> known = consumer.partitionsFor(topic);
    return known == null ? 0 : known.size();
  }

  /** Some more of each; false when the time is over before. */
  private boolean readStride(
      Map<TopicPartition, Span> spans, byte[] wanted, String id, long untilMs) {
    Map<TopicPartition, Span> left = new LinkedHashMap<>();
    spans.forEach(
        (kafka, span) -> {
          if (span.isLeft()) {
            left.put(kafka, span);
          }
        });
    consumer.assign(left.keySet());
    left.forEach(
        (kafka, span) -> {
          span.beginStride();
          consumer.seek(kafka, span.strideLow);
        });
    Collection<TopicPartition> reading = new ArrayList<>(left.keySet());
    while (!reading.isEmpty()) {
      if (clock.monotonicMs() >= untilMs) {
        return false;
      }
      for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
        Span span = left.get(new TopicPartition(one.topic(), one.partition()));
        if (span != null && one.offset() < span.high && one.offset() >= span.strideLow) {
          look(span, one, wanted, id);
        }
      }
      List<TopicPartition> done = reading.stream().filter(one -> isRead(one, left)).toList();
      if (!done.isEmpty()) {
        reading.removeAll(done);
        consumer.pause(done);
        left.forEach(
            (kafka, span) -> {
              if (done.contains(kafka)) {
                span.endStride();
              }
            });
      }
    }
    return true;
  }

  private boolean isRead(TopicPartition kafka, Map<TopicPartition, Span> spans) {
    Span span = spans.get(kafka);
    return span == null || consumer.position(kafka) >= span.high;
  }

  private void look(Span span, ConsumerRecord<byte[], byte[]> one, byte[] wanted, String id) {
    records++;
    span.strideOldestMs = Math.min(span.strideOldestMs, one.timestamp());
    byte @Nullable [] value = one.value();
    if (value == null || one.timestamp() < sinceMs || !EventIds.contains(value, wanted)) {
      return;
    }
    LaneHit hit = hit(span.partition, one);
    if (hit != null && hit.event().getId().equals(id)) {
      add(hit);
    }
  }

  /** Of what was written twice edges deliver the first. */
  private void add(LaneHit hit) {
    List<Object> key = List.of(hit.partition(), hit.source());
    if (hits.size() < MOST_HITS || hits.containsKey(key)) {
      hits.merge(key, hit, (a, b) -> a.offset() < b.offset() ? a : b);
    }
  }

  private @Nullable LaneHit hit(LanePartition partition, ConsumerRecord<byte[], byte[]> one) {
    try {
      Delivery delivery = Delivery.parseFrom(one.value());
      SourceStamp stamp = delivery.getSource();
      SourceId source = SourceId.of(stamp.getTopicId(), stamp.getPartition());
      return slots.isVoid(delivery.getSlotMapVersion(), source, stamp.getOffset())
          ? null
          : LaneHit.of(partition, one.offset(), one.timestamp(), delivery);
    } catch (InvalidProtocolBufferException e) {
      return null; // edges tell of it as lost
    }
  }

  /** What lies at this offset; null when nothing does that edges deliver. */
  @Nullable LaneHit at(LanePartition partition, long offset) {
    TopicPartition kafka = new TopicPartition(partition.topic(), partition.partition());
    List<TopicPartition> one = List.of(kafka);
    consumer.assign(one);
    long begin = consumer.beginningOffsets(one).getOrDefault(kafka, 0L);
    long end = consumer.endOffsets(one).getOrDefault(kafka, 0L);
    if (offset < begin || offset >= end) {
      return null;
    }
    consumer.seek(kafka, offset);
    long untilMs = clock.monotonicMs() + LONGEST.toMillis();
    while (consumer.position(kafka) <= offset && clock.monotonicMs() < untilMs) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() == offset) {
          return record.value() == null ? null : hit(partition, record);
        }
      }
    }
    return null;
  }
}
