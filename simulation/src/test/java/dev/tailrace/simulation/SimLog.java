package dev.tailrace.simulation;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * One partition: what its leader has, and up to where the others have it too, which is all that
 * anybody reads or is told of. A change of leaders may take what lies behind that.
 *
 * <p>Threading: one test thread.
 */
final class SimLog {
  /** A record as a producer wrote it, with what tells its repetition. */
  record Written(
      String producer, long sequence, long timestampMs, ByteString value, Headers headers) {}

  private record Stored(long offset, int epoch, Written record) {}

  private final World world;
  private final TopicPartition partition;
  private final List<Stored> records = new ArrayList<>();
  private final Map<String, Long> sequences = new HashMap<>();
  private long start;
  private long committed;
  private int epoch;
  private long downUntilMs;
  private long lastStepMs;
  private Runnable onCommitted = () -> {};

  SimLog(World world, TopicPartition partition) {
    this.world = world;
    this.partition = partition;
  }

  /** Hears whenever more is committed, or a leader has gone. */
  void onCommitted(Runnable listener) {
    onCommitted = listener;
  }

  TopicPartition partition() {
    return partition;
  }

  boolean hasLeader() {
    return world.nowMs() >= downUntilMs;
  }

  /** Whether it has a leader, and all that this has is committed. */
  boolean isSettled() {
    return hasLeader() && leaderEnd() == committed;
  }

  int epoch() {
    return epoch;
  }

  long start() {
    return start;
  }

  /** The offset after the last record that is committed. */
  long end() {
    return committed;
  }

  private long leaderEnd() {
    return records.isEmpty() ? Math.max(start, committed) : records.getLast().offset() + 1;
  }

  /** Appends what it does not have yet of this; returns the offset that has to be committed. */
  long append(Written record) {
    long last = sequences.getOrDefault(record.producer(), -1L);
    if (record.sequence() <= last) {
      return records.stream()
              .filter(stored -> stored.record().producer().equals(record.producer()))
              .filter(stored -> stored.record().sequence() == record.sequence())
              .mapToLong(Stored::offset)
              .findFirst()
              .orElse(committed - 1)
          + 1;
    }
    long offset = leaderEnd();
    records.add(new Stored(offset, epoch, record));
    sequences.put(record.producer(), record.sequence());
    int inEpoch = epoch;
    // One after the other, as followers fetch.
    lastStepMs = Math.max(lastStepMs, world.nowMs() + world.between(0, world.replicationMs()));
    world.after(lastStepMs - world.nowMs(), () -> commit(inEpoch, offset + 1));
    return offset + 1;
  }

  private void commit(int inEpoch, long end) {
    if (inEpoch == epoch && end > committed) {
      committed = end;
      onCommitted.run();
    }
  }

  /** Another broker leads, after a while without any; of what was not committed it has some. */
  void changeLeader(long downMs) {
    long uncommitted = leaderEnd() - committed;
    long kept = uncommitted == 0 ? 0 : world.random().nextLong(uncommitted + 1);
    long end = committed + kept;
    for (Stored lost : records.stream().filter(stored -> stored.offset() >= end).toList()) {
      sequences.merge(lost.record().producer(), lost.record().sequence() - 1, Math::min);
    }
    records.removeIf(stored -> stored.offset() >= end);
    epoch++;
    downUntilMs = Math.max(downUntilMs, world.nowMs() + downMs);
    int inEpoch = epoch;
    world.after(downUntilMs - world.nowMs() + world.between(0, 10), () -> commit(inEpoch, end));
    onCommitted.run();
  }

  /** It has a leader at once. */
  void heal() {
    downUntilMs = 0;
  }

  /** Retention: removes what lies below an offset. */
  void removeBelow(long offset) {
    start = Math.max(start, Math.min(offset, committed));
    records.removeIf(stored -> stored.offset() < start);
  }

  /** The first offset of a time or later; -1 when there is none. */
  long atTime(long timestampMs) {
    for (Stored stored : records) {
      if (stored.offset() >= committed) {
        break;
      }
      if (stored.record().timestampMs() >= timestampMs) {
        return stored.offset();
      }
    }
    return -1;
  }

  /** The time of a record. */
  long timeOf(long offset) {
    return records.get(index(offset)).record().timestampMs();
  }

  private int index(long offset) {
    return records.isEmpty() ? 0 : (int) Math.max(0, offset - records.getFirst().offset());
  }

  /** At most so many committed records from a position on. */
  List<ConsumerRecord<byte[], byte[]>> read(long position, int most) {
    List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
    for (int i = index(position); i < records.size() && read.size() < most; i++) {
      Stored stored = records.get(i);
      if (stored.offset() >= committed) {
        break;
      }
      byte[] value = stored.record().value().toByteArray();
      read.add(
          new ConsumerRecord<>(
              partition.topic(),
              partition.partition(),
              stored.offset(),
              stored.record().timestampMs(),
              TimestampType.CREATE_TIME,
              -1,
              value.length,
              null,
              value,
              new RecordHeaders(stored.record().headers()),
              Optional.of(stored.epoch())));
    }
    return read;
  }
}
