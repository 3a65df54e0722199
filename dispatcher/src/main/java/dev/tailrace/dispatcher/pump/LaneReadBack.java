package dev.tailrace.dispatcher.pump;

import com.google.protobuf.CodedInputStream;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
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
 * write copies of theirs; what it sees goes to {@link LaneMarks}.
 *
 * <p>Threading: dispatcher-pump-N only; its consumer lives only while there is something to read.
 */
final class LaneReadBack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaneReadBack.class);

  /** Allows for clocks that differ: the time asked for is another pump's. */
  private static final long CLOCK_SKEW_MS = 5_000;

  private static final int SOURCE_TAG = Delivery.SOURCE_FIELD_NUMBER << 3 | 2;

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Map<TopicPartition, LanePartition> lanes = new HashMap<>();
  private final LaneMarks marks;
  private final Map<TopicPartition, Long> targets = new HashMap<>();
  private @Nullable Consumer<byte[], byte[]> consumer;
  private long followUntilMs;

  LaneReadBack(
      Supplier<Consumer<byte[], byte[]>> consumers,
      Collection<LanePartition> lanes,
      LaneMarks marks) {
    this.consumers = consumers;
    this.marks = marks;
    for (LanePartition lane : lanes) {
      this.lanes.put(new TopicPartition(lane.topic(), lane.partition()), lane);
    }
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
      reader.assign(lanes.keySet());
    }
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
    for (ConsumerRecord<byte[], byte @Nullable []> record : reader.poll(wait)) {
      LanePartition lane = lanes.get(new TopicPartition(record.topic(), record.partition()));
      SourceStamp stamp = stamp(record.value());
      if (lane != null && stamp != null) {
        marks.observe(lane, stamp, record.timestamp());
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

  /** The stamp alone: it is the first field, so the event behind it is not even parsed. */
  private static @Nullable SourceStamp stamp(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      CodedInputStream in = CodedInputStream.newInstance(value);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == SOURCE_TAG) {
          return SourceStamp.parseFrom(in.readByteArray());
        }
        if (!in.skipField(tag)) {
          return null;
        }
      }
    } catch (IOException e) {
      LOG.debug("a lane record that is no delivery", e);
    }
    return null;
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
