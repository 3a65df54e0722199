package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.PollPace;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pump between two starts: its clients, the source partitions it owns, and one duty cycle after
 * another. Whatever goes wrong ends it with a {@link PumpStoppedException}; nothing is repaired in
 * place, since a start from the commit repairs all of it.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class PumpRun implements ConsumerRebalanceListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PumpRun.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(100);
  private static final Duration BUSY_POLL = Duration.ofMillis(5);
  private static final Duration READ_BACK_POLL = Duration.ofMillis(50);

  /** A move that holds pumps for longer waits for one that does not answer. */
  private static final long LONG_HOLD_MS = 10_000;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final Consumer<byte[], byte[]> consumer;
  private final LaneProducer producer;
  private final EventDispatch dispatch;
  private final LaneReadBack readBack;
  private final SourceStarts starts;
  private final TopicIds topicIds;
  private final SlotVersions slots;
  private final MoveHold hold = new MoveHold();
  private final Lease lease;
  private final PumpConfig config;
  private final PollPace pace;
  private final Clock clock;
  private final Map<TopicPartition, SourceProgress> sources = new HashMap<>();
  private int preparedVersion;
  private boolean joined;
  private boolean lost;
  private boolean closing;
  private long commitSentMs;

  PumpRun(
      Consumer<byte[], byte[]> consumer,
      LaneProducer producer,
      EventDispatch dispatch,
      LaneReadBack readBack,
      SourceStarts starts,
      TopicIds topicIds,
      SlotVersions slots,
      Lease lease,
      PumpConfig config,
      Clock clock) {
    this.consumer = consumer;
    this.producer = producer;
    this.dispatch = dispatch;
    this.readBack = readBack;
    this.starts = starts;
    this.topicIds = topicIds;
    this.slots = slots;
    this.lease = lease;
    this.config = config;
    this.pace = new PollPace(config.pollInterval());
    this.clock = clock;
  }

  void subscribe(List<String> topics) {
    consumer.subscribe(topics, this);
  }

  /** One duty cycle: read, route and send, take starts further, commit. */
  void turn() {
    producer.check();
    pace.await();
    // Before the poll, so that whatever stalls this thread makes the copies' time older, not newer.
    long pollMs = clock.millis();
    requireLease(pollMs);
    hold.update(slots.get(), pollMs);
    applyPauses();
    ConsumerRecords<byte[], byte[]> records = poll();
    pace.polled(records.count());
    if (lost) { // then nothing can be asked about the partitions any more
      throw new PumpStoppedException("the group has given the partitions to another pump");
    }
    receive(records, pollMs);
    dispatch.send();
    prepareTopics();
    readBack.turn(readBack.caughtUp() ? Duration.ZERO : READ_BACK_POLL, clock.millis());
    starts.advance(sources.values());
    commitWhenDue(clock.millis());
  }

  /** Before the first send, and when a generation has come, which is while nothing is read. */
  private void prepareTopics() {
    SlotMaps maps = slots.get();
    SlotMap newest = maps.newest();
    if (starts.areDue(sources.values())
        || (newest.version() != preparedVersion && !sources.isEmpty())) {
      Set<String> topics = new HashSet<>(Set.of(Topics.DEAD_LETTERS));
      maps.settled().partitions().forEach(lane -> topics.add(lane.topic()));
      newest.partitions().forEach(lane -> topics.add(lane.topic()));
      producer.prepare(topics);
      preparedVersion = newest.version();
    }
  }

  private void requireLease(long nowMs) {
    boolean writes = sources.values().stream().anyMatch(PumpRun::writes);
    if (!writes) {
      lease.proven(nowMs); // Nothing is read or sent that a lease would have to cover.
    } else if (!lease.holds(nowMs)) {
      throw new PumpStoppedException(
          "lease lost: the last acknowledged commit is %,d ms old".formatted(lease.ageMs(nowMs)));
    }
  }

  private static boolean writes(SourceProgress source) {
    return source.state() == SourceState.RUNNING || source.state() == SourceState.TELLING_GAP;
  }

  private void applyPauses() {
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    for (SourceProgress source : sources.values()) {
      boolean reads =
          source.state() == SourceState.RUNNING && !dispatch.isBacklogged() && !hold.isHeld();
      (reads ? resume : pause).add(source.topicPartition());
    }
    consumer.pause(pause);
    consumer.resume(resume);
  }

  private ConsumerRecords<byte[], byte[]> poll() {
    boolean starting = sources.values().stream().anyMatch(s -> s.state() != SourceState.RUNNING);
    Duration wait =
        starting || hold.isHeld() || dispatch.isBacklogged() || readBack.isFollowing()
            ? BUSY_POLL
            : IDLE_POLL;
    try {
      return consumer.poll(wait);
    } catch (OffsetOutOfRangeException e) {
      settle(List.copyOf(sources.keySet()));
      throw new PumpStoppedException(
          "retention has overtaken " + e.offsetOutOfRangePartitions().keySet(), e);
    }
  }

  private void receive(ConsumerRecords<byte[], byte[]> records, long pollMs) {
    for (TopicPartition partition : records.partitions()) {
      SourceProgress source = sources.get(partition);
      if (source == null || source.state() != SourceState.RUNNING) {
        throw new PumpStoppedException("records of " + partition + ", which is not read");
      }
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        dispatch.add(record, source, pollMs);
      }
    }
    if (!records.isEmpty() || !slots.get().isQuiet()) {
      topicIds.verify();
    }
    for (SourceProgress source : sources.values()) {
      if (source.state() == SourceState.RUNNING) {
        long position = consumer.position(source.topicPartition());
        source.position(position);
        consumer
            .currentLag(source.topicPartition())
            .ifPresent(lag -> source.logEnd(position + lag));
      }
    }
  }

  private void commitWhenDue(long nowMs) {
    if (nowMs - commitSentMs < config.commitInterval().toMillis() && !hold.isToConfirm(nowMs)) {
      return;
    }
    commitSentMs = nowMs;
    int confirms = hold.asked(nowMs);
    Map<TopicPartition, OffsetAndMetadata> commits = commits(sources.keySet(), nowMs);
    if (!commits.isEmpty()) {
      consumer.commitAsync(
          commits,
          (offsets, e) -> {
            if (e == null) {
              lease.proven(nowMs);
              offsets.forEach((partition, commit) -> onCommitted(partition, commit, nowMs));
              hold.confirmed(confirms);
            } else {
              LOG.debug("a commit was not acknowledged", e);
            }
          });
    }
  }

  private void onCommitted(TopicPartition partition, OffsetAndMetadata commit, long atMs) {
    SourceProgress source = sources.get(partition);
    if (source != null) {
      source.committed(commit.offset(), atMs);
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> commits(
      Collection<TopicPartition> partitions, long nowMs) {
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    for (TopicPartition partition : partitions) {
      SourceProgress source = sources.get(partition);
      OffsetAndMetadata commit = source == null ? null : source.toCommit(nowMs);
      if (commit != null) {
        commits.put(partition, commit);
      }
    }
    return commits;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> gained) {
    joined = true;
    starts.gained();
    for (TopicPartition partition : gained) {
      sources.put(partition, new SourceProgress(partition));
      // Any position: it is not read before its start is known.
      consumer.seek(partition, 0L);
    }
    consumer.pause(gained);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
    if (!closing) {
      settle(revoked);
      sources.keySet().removeAll(revoked);
      starts.forget(revoked);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    lost = true;
  }

  /**
   * Lets what is in flight of these partitions arrive, for a while, and commits what has; the rest
   * must not arrive later, so it goes down with the producer.
   */
  private void settle(Collection<TopicPartition> partitions) {
    dispatch.drop(partitions);
    List<SourceProgress> settling = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      SourceProgress source = sources.get(partition);
      if (source != null) {
        settling.add(source);
      }
    }
    if (!producer.await(
        () -> settling.stream().allMatch(SourceProgress::isSettled), config.settleTimeout())) {
      producer.stop("partitions were given away before their deliveries were acknowledged");
    }
    Map<TopicPartition, OffsetAndMetadata> commits = commits(partitions, clock.millis());
    if (commits.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(commits, config.settleTimeout());
    } catch (KafkaException e) {
      LOG.warn(
          "what was delivered of {} is not committed; the lanes will be read back instead",
          partitions,
          e);
    }
  }

  /** Ends in order: commits what is acknowledged, and leaves what waits to whoever comes next. */
  void finish() {
    settle(List.copyOf(sources.keySet()));
    closing = true;
    consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
  }

  PumpStatus describe(PumpStatus before, long nowMs) {
    List<PumpStatus.Source> described = new ArrayList<>();
    boolean starting = false;
    long oldestPollMs = nowMs;
    for (SourceProgress source : sources.values()) {
      starting |= source.state() != SourceState.RUNNING;
      Long oldest = source.oldestPollMs();
      oldestPollMs = oldest == null ? oldestPollMs : Math.min(oldestPollMs, oldest);
      described.add(
          new PumpStatus.Source(
              source.topicPartition().topic(),
              source.topicPartition().partition(),
              source.knownId(),
              source.state(),
              source.position(),
              source.acknowledged(),
              source.waiting(),
              source.committed(),
              source.committedAtMs(),
              source.logEnd()));
    }
    PumpState state =
        joined ? (starting ? PumpState.STARTING_SOURCES : PumpState.RUNNING) : PumpState.JOINING;
    String reason =
        switch (state) {
          case JOINING -> "rebalancing: waits for the group, or for Kafka to answer";
          case STARTING_SOURCES -> starts.reason();
          default -> slowness(nowMs, oldestPollMs);
        };
    return new PumpStatus(
        before.name(),
        state,
        reason,
        nowMs,
        before.restarts(),
        producer.inFlightBytes(),
        lease.ageMs(nowMs),
        hold.describe(),
        List.copyOf(described));
  }

  private String slowness(long nowMs, long oldestPollMs) {
    if (lease.ageMs(nowMs) > 2 * config.commitInterval().toMillis() + 1_000) {
      return "broker away: the last acknowledged commit is %,d ms old"
          .formatted(lease.ageMs(nowMs));
    }
    if (nowMs - oldestPollMs > config.lease().toMillis()) {
      return "deliveries have waited %,d ms for their acknowledgement"
          .formatted(nowMs - oldestPollMs);
    }
    if (hold.isHeld() && nowMs - hold.sinceMs() > LONG_HOLD_MS) {
      return "reads nothing: a move of slots waits for somebody, see ./tailrace slots show";
    }
    return "";
  }

  @Override
  public void close() {
    closing = true;
    producer.close();
    readBack.close();
    consumer.close(PumpClients.AT_ONCE);
  }
}
