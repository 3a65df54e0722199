package dev.tailrace.simulation;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A process's consumer. Of Kafka's own {@link MockConsumer} it is only a form: all that the
 * platform calls is answered from the {@link SimCluster}. A poll never waits; what cannot be
 * answered fails at once as it would after its timeout.
 *
 * <p>Threading: one test thread.
 */
final class SimConsumer extends MockConsumer<byte[], byte[]> {
  private static final int MOST_RECORDS = 40;

  private final SimCluster cluster;
  private final World world;
  private final SimProcess process;
  private final boolean resets;
  private final Set<TopicPartition> assigned = new LinkedHashSet<>();
  private final Set<TopicPartition> paused = new LinkedHashSet<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private List<String> subscribed = List.of();
  private @Nullable ConsumerRebalanceListener listener;
  private SimGroup.@Nullable Member member;
  private int rebalances;
  private boolean closed;

  /**
   * A consumer that has nothing yet.
   *
   * @param resets whether a position that is gone becomes the earliest
   */
  SimConsumer(SimCluster cluster, SimProcess process, boolean resets) {
    super("none");
    this.cluster = cluster;
    this.world = cluster.world();
    this.process = process;
    this.resets = resets;
  }

  private void requireOpen() {
    process.requireAlive();
    if (closed) {
      throw new IllegalStateException("closed");
    }
  }

  /** Others do something before the answer comes, or it does not come. */
  private void ask(Collection<TopicPartition> partitions) {
    requireOpen();
    if (world.happens(0.2)) {
      world.step(world.nowMs() + world.between(1, 3));
      process.requireAlive();
    }
    if (!process.isConnected()
        || partitions.stream().anyMatch(partition -> !cluster.log(partition).hasLeader())) {
      throw new TimeoutException("no answer about " + partitions);
    }
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener heard) {
    subscribed = List.copyOf(topics);
    listener = heard;
  }

  @Override
  public synchronized void assign(Collection<TopicPartition> partitions) {
    assigned.clear();
    assigned.addAll(partitions);
    paused.retainAll(assigned);
    positions.keySet().retainAll(assigned);
  }

  @Override
  public synchronized Set<TopicPartition> assignment() {
    return Set.copyOf(assigned);
  }

  @Override
  public synchronized void pause(Collection<TopicPartition> partitions) {
    paused.addAll(partitions);
  }

  @Override
  public synchronized void resume(Collection<TopicPartition> partitions) {
    paused.removeAll(Set.copyOf(partitions));
  }

  @Override
  public synchronized Set<TopicPartition> paused() {
    return Set.copyOf(paused);
  }

  @Override
  public synchronized void seek(TopicPartition partition, long offset) {
    requireOpen();
    if (!assigned.contains(partition)) {
      throw new IllegalStateException("not assigned: " + partition);
    }
    positions.put(partition, offset);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    seek(partition, offset.offset());
  }

  @Override
  public synchronized void seekToBeginning(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> seek(partition, cluster.log(partition).start()));
  }

  @Override
  public synchronized long position(TopicPartition partition) {
    requireOpen();
    return Objects.requireNonNull(positions.get(partition), "no position");
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    requireOpen();
    if (!subscribed.isEmpty()) {
      rebalance();
    }
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> found = new LinkedHashMap<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    if (!process.isConnected()) {
      return ConsumerRecords.empty();
    }
    requireInRange();
    for (TopicPartition partition : assigned) {
      SimLog log = cluster.log(partition);
      if (paused.contains(partition) || !log.hasLeader() || world.happens(0.1)) {
        continue;
      }
      List<ConsumerRecord<byte[], byte[]>> records =
          log.read(position(partition), world.between(1, MOST_RECORDS));
      if (!records.isEmpty()) {
        long after = records.getLast().offset() + 1;
        found.put(partition, records);
        next.put(partition, new OffsetAndMetadata(after));
        positions.put(partition, after);
        process.touch();
      }
    }
    return new ConsumerRecords<>(found, next);
  }

  /** Before anything is taken: what a poll has found it returns, and fails at the next. */
  private void requireInRange() {
    for (TopicPartition partition : assigned) {
      SimLog log = cluster.log(partition);
      long position = position(partition);
      if (!paused.contains(partition)
          && log.hasLeader()
          && (position < log.start() || position > log.end())) {
        if (!resets) {
          throw new OffsetOutOfRangeException(Map.of(partition, position));
        }
        positions.put(partition, log.start());
      }
    }
  }

  private void rebalance() {
    ConsumerRebalanceListener heard = Objects.requireNonNull(listener);
    SimGroup group = cluster.group();
    SimGroup.Member now = member;
    if (!process.isConnected()) {
      return;
    }
    if (now != null && now.isOut()) {
      member = null;
      List<TopicPartition> lost = List.copyOf(assigned);
      assign(List.of());
      process.touch();
      heard.onPartitionsLost(lost);
      return;
    }
    if (now == null) {
      member = group.join(process, subscribed);
      return;
    }
    List<TopicPartition> revoked = group.toRevoke(now);
    if (!revoked.isEmpty()) {
      process.touch();
      heard.onPartitionsRevoked(revoked);
      process.requireAlive();
      assigned.removeAll(Set.copyOf(revoked));
      revoked.forEach(now.owned()::remove);
      assign(List.copyOf(assigned));
    }
    List<TopicPartition> gained = now.isOut() ? List.of() : group.toGain(now);
    if (!gained.isEmpty() || rebalances != group.rebalances()) {
      rebalances = group.rebalances();
      now.owned().addAll(gained);
      assigned.addAll(gained);
      process.touch();
      heard.onPartitionsAssigned(gained);
    }
  }

  @Override
  public synchronized List<PartitionInfo> partitionsFor(String topic) {
    ask(List.of());
    return cluster.partitions(topic);
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions) {
    ask(List.of());
    return cluster.group().committed(partitions);
  }

  private Map<TopicPartition, Long> each(
      Collection<TopicPartition> partitions, ToLongFunction<SimLog> what) {
    ask(partitions);
    Map<TopicPartition, Long> all = new HashMap<>();
    partitions.forEach(partition -> all.put(partition, what.applyAsLong(cluster.log(partition))));
    return all;
  }

  @Override
  public synchronized Map<TopicPartition, Long> beginningOffsets(
      Collection<TopicPartition> partitions) {
    return each(partitions, SimLog::start);
  }

  @Override
  public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    return each(partitions, SimLog::end);
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> times) {
    ask(times.keySet());
    Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
    times.forEach(
        (partition, time) -> {
          SimLog log = cluster.log(partition);
          long offset = log.atTime(time);
          found.put(
              partition, offset < 0 ? null : new OffsetAndTimestamp(offset, log.timeOf(offset)));
        });
    return found;
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    ask(List.of());
    RuntimeException refused = refusal();
    if (refused != null) {
      throw refused;
    }
    cluster.group().commit(offsets);
    if (world.happens(0.02)) {
      throw new TimeoutException("the answer to a commit was lost");
    }
  }

  private @Nullable RuntimeException refusal() {
    SimGroup.Member now = member;
    if (now == null || !cluster.group().takesCommits(now)) {
      return new CommitFailedException("not a member");
    }
    return world.happens(0.01)
        ? new RebalanceInProgressException("a rebalance is under way")
        : null;
  }

  @Override
  public synchronized void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    requireOpen();
    SimGroup.Member by = member;
    process.after(
        world.between(1, 8),
        () -> {
          if (closed || !process.isConnected()) {
            return; // asked again at the next interval
          }
          RuntimeException refused =
              by == member ? refusal() : new CommitFailedException("another");
          if (refused == null) {
            cluster.group().commit(offsets);
          }
          process.touch();
          process.after(world.between(0, 3), () -> complete(offsets, refused, callback));
        });
  }

  /** Callbacks are called within polls; here it is enough that nothing else runs meanwhile. */
  private void complete(
      Map<TopicPartition, OffsetAndMetadata> offsets,
      @Nullable RuntimeException refused,
      OffsetCommitCallback callback) {
    if (!closed) {
      callback.onComplete(offsets, refused);
    }
  }

  @Override
  public void close(CloseOptions options) {
    close();
  }

  /** What it says to the group in parting may not arrive. */
  @Override
  public synchronized void close() {
    SimGroup.Member now = member;
    if (!closed && now != null) {
      now.fallSilent();
      if (process.isHeard() && world.happens(0.7)) {
        cluster.group().leave(now);
      }
    }
    closed = true;
  }

  @Override
  public synchronized void wakeup() {
    // It never waits.
  }

  @Override
  public synchronized Map<MetricName, ? extends Metric> metrics() {
    return Map.of();
  }
}
