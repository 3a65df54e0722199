package dev.tailrace.edge.lane;

import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Lanes in memory: what a broker holds, and Kafka's own {@link MockConsumer}, which keeps
 * assignment, pauses and positions, reading from it.
 *
 * <p>Threading: one test thread.
 */
public final class MemoryLanes {
  private static final class Log {
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long start;
    long end;

    long atTime(long timestampMs) {
      return records.stream()
          .filter(record -> record.timestamp() >= timestampMs)
          .mapToLong(ConsumerRecord::offset)
          .findFirst()
          .orElse(LaneOffsets.NONE);
    }
  }

  private final Map<TopicPartition, Log> logs = new HashMap<>();

  private final Map<TopicPartition, Set<Long>> damaged = new HashMap<>();
  private final Set<TopicPartition> leaderless = new HashSet<>();
  private final Map<LanePartition, List<Runnable>> unanswered = new HashMap<>();

  private final HandSlots slots = new HandSlots();

  /** The slot map of these lanes. */
  public HandSlots slots() {
    return slots;
  }

  private Log log(TopicPartition partition) {
    return logs.computeIfAbsent(partition, p -> new Log());
  }

  private boolean isDamaged(TopicPartition partition, long offset) {
    return damaged.getOrDefault(partition, Set.of()).contains(offset);
  }

  private static TopicPartition topicPartition(LanePartition partition) {
    return new TopicPartition(partition.topic(), partition.partition());
  }

  /** Appends a delivery; returns its offset. */
  public long append(LanePartition partition, long timestampMs, Delivery delivery) {
    return append(partition, timestampMs, delivery.toByteArray());
  }

  /** Appends any bytes; returns their offset. */
  public long append(LanePartition partition, long timestampMs, byte @Nullable [] value) {
    TopicPartition where = topicPartition(partition);
    Log log = log(where);
    long offset = log.end++;
    log.records.add(
        new ConsumerRecord<>(
            where.topic(),
            where.partition(),
            offset,
            timestampMs,
            TimestampType.CREATE_TIME,
            -1,
            value == null ? -1 : value.length,
            null,
            value,
            new RecordHeaders(),
            Optional.empty()));
    return offset;
  }

  /** Leaves a hole in the offsets. */
  public void skip(LanePartition partition, int offsets) {
    log(topicPartition(partition)).end += offsets;
  }

  /** The next offset that will be written. */
  public long end(LanePartition partition) {
    return log(topicPartition(partition)).end;
  }

  /** The bytes of all records that it holds. */
  public long bytes(LanePartition partition) {
    return log(topicPartition(partition)).records.stream()
        .mapToLong(ConsumerRecord::serializedValueSize)
        .sum();
  }

  /** The records that it holds, in order. */
  public List<ConsumerRecord<byte[], byte[]>> records(LanePartition partition) {
    return List.copyOf(log(topicPartition(partition)).records);
  }

  /** Retention: removes what lies below an offset. */
  public void removeBelow(LanePartition partition, long offset) {
    Log log = log(topicPartition(partition));
    log.start = Math.max(log.start, offset); // as Kafka's, it never goes back
    log.records.removeIf(record -> record.offset() < offset);
  }

  /** A lost tail: removes what lies from an offset on. */
  public void removeFrom(LanePartition partition, long offset) {
    Log log = log(topicPartition(partition));
    log.end = offset;
    log.records.removeIf(record -> record.offset() >= offset);
  }

  /** A record's batch no longer has the bytes that its checksum was made of. */
  public void damage(LanePartition partition, long offset) {
    damaged.computeIfAbsent(topicPartition(partition), p -> new HashSet<>()).add(offset);
  }

  /** It was only damaged on its way. */
  public void repair(LanePartition partition, long offset) {
    damaged.getOrDefault(topicPartition(partition), new HashSet<>()).remove(offset);
  }

  /** The partition loses its leader: nobody answers for it. */
  public void loseLeader(LanePartition partition) {
    leaderless.add(topicPartition(partition));
  }

  /** It has one again, who answers what was asked meanwhile. */
  public void findLeader(LanePartition partition) {
    leaderless.remove(topicPartition(partition));
    unanswered.getOrDefault(partition, List.of()).forEach(Runnable::run);
    unanswered.remove(partition);
  }

  /** A consumer of these lanes, which never resets a position. */
  public LaneConsumer consumer() {
    return new LaneConsumer(this);
  }

  /** See {@link MemoryLanes}. */
  public static final class LaneConsumer extends MockConsumer<byte[], byte[]> {
    private final MemoryLanes lanes;
    private final Map<TopicPartition, Long> damagedFetches = new HashMap<>();
    private int maxRecords = 500;
    private @Nullable KafkaException failure;
    private @Nullable RuntimeException readFailure;
    private int readsBeforeFailure;
    private int reads;
    private @Nullable List<Runnable> held;
    private @Nullable KafkaException positionFailure;

    private LaneConsumer(MemoryLanes lanes) {
      super("none");
      this.lanes = lanes;
    }

    /** At most so many records from each partition in a poll. */
    public void setMaxRecordsOfAPartition(int most) {
      maxRecords = most;
    }

    /** Every question to the broker fails, until this is null. */
    public void setFailure(@Nullable KafkaException fails) {
      failure = fails;
    }

    /** Every read of records fails, though questions are answered, until this is null. */
    public void setReadFailure(@Nullable RuntimeException fails) {
      setReadFailure(fails, 0);
    }

    /** The same, after so many reads that go well. */
    public void setReadFailure(@Nullable RuntimeException fails, int wellBefore) {
      readFailure = fails;
      readsBeforeFailure = wellBefore;
    }

    /** It does not say what its position is, until this is null. */
    public void setPositionFailure(@Nullable KafkaException fails) {
      positionFailure = fails;
    }

    @Override
    public synchronized long position(TopicPartition partition) {
      KafkaException fails = positionFailure;
      if (fails != null) {
        throw fails;
      }
      return super.position(partition);
    }

    /** Answers of {@link #offsets} stay on their way from now on. */
    public void holdAnswers() {
      held = new ArrayList<>();
    }

    /** They arrive, and later ones do at once. */
    public void releaseAnswers() {
      List<Runnable> arriving = held == null ? List.of() : held;
      held = null;
      arriving.forEach(Runnable::run);
    }

    /** The lanes' offsets, from leaders that this consumer's failures are failures of as well. */
    public LaneOffsets offsets() {
      return new LaneOffsets() {
        @Override
        public CompletableFuture<Long> start(LanePartition partition) {
          return answer(partition, log -> log.start);
        }

        @Override
        public CompletableFuture<Long> end(LanePartition partition) {
          return answer(partition, log -> log.end);
        }

        @Override
        public CompletableFuture<Long> atTime(LanePartition partition, long timestampMs) {
          return answer(partition, log -> log.atTime(timestampMs));
        }
      };
    }

    private CompletableFuture<Long> answer(LanePartition partition, Function<Log, Long> question) {
      KafkaException fails = failure;
      if (fails != null) {
        return CompletableFuture.failedFuture(fails);
      }
      CompletableFuture<Long> answer = new CompletableFuture<>();
      Log log = lanes.log(topicPartition(partition));
      if (lanes.leaderless.contains(topicPartition(partition))) {
        lanes
            .unanswered
            .computeIfAbsent(partition, p -> new ArrayList<>())
            .add(() -> answer.complete(question.apply(log)));
      } else if (held != null) {
        long now = question.apply(log);
        held.add(() -> answer.complete(now));
      } else {
        answer.complete(question.apply(log));
      }
      return answer;
    }

    /** How often it was asked for records. */
    public int reads() {
      return reads;
    }

    private void ask() {
      KafkaException fails = failure;
      if (fails != null) {
        throw fails;
      }
    }

    /** What was fetched of a partition is kept while that is assigned, wherever one seeks. */
    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
      damagedFetches.keySet().retainAll(partitions);
      // As Kafka's own, and other than MockConsumer: who comes back is not paused any more.
      resume(paused().stream().filter(paused -> !partitions.contains(paused)).toList());
      super.assign(partitions);
    }

    /** As Kafka's own does: again and again, and whatever the other partitions have. */
    private void requireIntact(TopicPartition partition) {
      long position = super.position(partition);
      if (lanes.isDamaged(partition, position)) {
        damagedFetches.put(partition, position);
      }
      if (Objects.equals(damagedFetches.get(partition), position)
          && !paused().contains(partition)) {
        throw new KafkaException(
            "Received exception when fetching the next record from %s. If needed, please seek past the record to continue consumption."
                .formatted(partition),
            new CorruptRecordException("Record batch is corrupt"));
      }
    }

    private void requireInRange(TopicPartition partition) {
      long position = super.position(partition);
      Log log = lanes.log(partition);
      if (position < log.start || position > log.end) {
        throw new OffsetOutOfRangeException(Map.of(partition, position));
      }
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      reads++;
      ask();
      RuntimeException fails = readFailure;
      if (fails != null && readsBeforeFailure-- <= 0) {
        throw fails;
      }
      assignment().forEach(this::requireInRange);
      assignment().forEach(this::requireIntact);
      Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> found = new LinkedHashMap<>();
      Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
      for (TopicPartition partition : assignment()) {
        if (paused().contains(partition) || lanes.leaderless.contains(partition)) {
          continue;
        }
        long position = super.position(partition);
        Log log = lanes.log(partition);
        List<ConsumerRecord<byte[], byte[]>> records =
            log.records.stream()
                .filter(r -> r.offset() >= position)
                .takeWhile(r -> !lanes.isDamaged(partition, r.offset()))
                .limit(maxRecords)
                .toList();
        if (!records.isEmpty()) {
          long after = records.getLast().offset() + 1;
          found.put(partition, records);
          next.put(partition, new OffsetAndMetadata(after));
          seek(partition, after);
        }
      }
      return new ConsumerRecords<>(found, next);
    }
  }
}
