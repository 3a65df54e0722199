package dev.tailrace.dispatcher.pump;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.config.PumpConfig;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.FoldHorizon;
import dev.tailrace.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings source partitions that were gained to the point where they are read: looks up their
 * commit, has the lanes read back, tells a gap where there is one, commits the start and seeks.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class SourceStarts {
  private static final Logger LOG = LoggerFactory.getLogger(SourceStarts.class);
  private static final TopicPartition SLOTS = new TopicPartition(Topics.SLOTS, 0);
  private static final Duration START_COMMIT_TIMEOUT = Duration.ofSeconds(5);

  /** How often the group's coordinator is asked for a commit that another pump has to make. */
  private static final long LOOK_AGAIN_MS = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final TopicIds topicIds;
  private final List<String> ingressTopics;
  private final LaneReadBack readBack;
  private final LaneMarks marks;
  private final EventDispatch dispatch;
  private final Lease lease;
  private final SlotVersions slots;
  private final PumpConfig config;
  private final Clock clock;
  private final DispatcherMetrics metrics;
  private final Map<TopicPartition, StartPosition.Facts> facts = new HashMap<>();
  private final Set<TopicPartition> leftToFirst = new HashSet<>();
  private Set<ByteString> presentIds = Set.of();

  /** What has to be read of the slots' topic before anything is looked up; -1 when not asked. */
  private long slotsEnd = -1;

  private long lookAgainMs;
  private long horizonEndsMs;

  SourceStarts(
      Consumer<byte[], byte[]> consumer,
      TopicIds topicIds,
      List<String> ingressTopics,
      LaneReadBack readBack,
      LaneMarks marks,
      EventDispatch dispatch,
      Lease lease,
      SlotVersions slots,
      PumpConfig config,
      Clock clock,
      DispatcherMetrics metrics) {
    this.consumer = consumer;
    this.topicIds = topicIds;
    this.ingressTopics = ingressTopics;
    this.readBack = readBack;
    this.marks = marks;
    this.dispatch = dispatch;
    this.lease = lease;
    this.slots = slots;
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** Whether any source was gained and is to be looked up now. */
  boolean areDue(Collection<SourceProgress> sources) {
    return !due(sources).isEmpty();
  }

  private List<SourceProgress> due(Collection<SourceProgress> sources) {
    List<SourceProgress> due = in(SourceState.ASSIGNED, sources);
    if (clock.millis() < lookAgainMs) {
      due.removeIf(source -> leftToFirst.contains(source.topicPartition()));
    }
    return due;
  }

  /** What the sources that do not run yet wait for, in words. */
  String reason() {
    if (slotsEnd >= 0 && !slots.hasRead(slotsEnd)) {
      return "reads " + Topics.SLOTS + " before it starts its partitions";
    }
    if (leftToFirst.isEmpty() || !readBack.caughtUp()) {
      return "reads the lanes back before it starts its partitions";
    }
    return leftToFirst.stream()
        .map(TopicPartition::topic)
        .distinct()
        .sorted()
        .collect(
            Collectors.joining(
                ", ", "waiting for the first commit of ", ", by the pump that has partition 0"));
  }

  /** Takes every source one step further, if it can go. */
  void advance(Collection<SourceProgress> sources) {
    List<SourceProgress> due = due(sources);
    if (!due.isEmpty() && knowsSlots()) {
      lookUp(due);
    }
    List<SourceProgress> readingBack = in(SourceState.READING_BACK, sources);
    if (!readingBack.isEmpty() && readBack.caughtUp()) {
      begin(readingBack);
      if (in(SourceState.READING_BACK, sources).isEmpty()) {
        marks.forgetTimes();
      }
    }
    List<SourceProgress> telling = in(SourceState.TELLING_GAP, sources);
    telling.removeIf(source -> !source.isSettled());
    if (!telling.isEmpty()) {
      Map<SourceProgress, Long> positions = new HashMap<>();
      telling.forEach(source -> positions.put(source, source.position()));
      run(positions);
    }
    if (clock.millis() > horizonEndsMs) {
      for (SourceProgress source : in(SourceState.RUNNING, sources)) {
        source.othersCopiesPassed(marks.highestOffset(source.source()));
      }
    }
  }

  /** Partitions were gained: what was written of slots while another had them counts. */
  void gained() {
    slotsEnd = -1;
  }

  private boolean knowsSlots() {
    if (slotsEnd < 0) {
      slotsEnd = consumer.endOffsets(Set.of(SLOTS)).getOrDefault(SLOTS, 0L);
    }
    return slots.hasRead(slotsEnd);
  }

  void forget(Collection<TopicPartition> partitions) {
    facts.keySet().removeAll(partitions);
    leftToFirst.removeAll(partitions);
  }

  private static List<SourceProgress> in(SourceState state, Collection<SourceProgress> sources) {
    List<SourceProgress> found = new ArrayList<>();
    for (SourceProgress source : sources) {
      if (source.state() == state) {
        found.add(source);
      }
    }
    return found;
  }

  private void lookUp(List<SourceProgress> due) {
    Set<String> topics = new HashSet<>();
    due.forEach(source -> topics.add(source.topicPartition().topic()));
    Map<TopicPartition, @Nullable OffsetAndMetadata> commits = commits(topics);
    lookAgainMs = clock.millis() + LOOK_AGAIN_MS;
    Map<TopicPartition, SourceProgress> gained = new HashMap<>();
    for (SourceProgress source : due) {
      if (isLeftToFirst(source.topicPartition(), commits)) {
        leftToFirst.add(source.topicPartition());
      } else {
        leftToFirst.remove(source.topicPartition());
        gained.put(source.topicPartition(), source);
      }
    }
    if (gained.isEmpty()) {
      return;
    }
    Map<String, Uuid> ids = topicIds.lookUp(ingressTopics);
    presentIds =
        ids.entrySet().stream()
            .map(e -> SourcePartition.of(e.getKey(), uuid(e.getValue()), 0).topicId())
            .collect(Collectors.toSet());
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(gained.keySet());
    Map<TopicPartition, Long> ends = consumer.endOffsets(gained.keySet());
    Map<TopicPartition, Long> survivors = survivorTimes(gained.keySet());
    long readBackFromMs = Long.MAX_VALUE;
    for (Map.Entry<TopicPartition, SourceProgress> entry : gained.entrySet()) {
      TopicPartition partition = entry.getKey();
      Uuid id = ids.get(partition.topic());
      if (id == null) {
        throw new PumpStoppedException("ingress topic " + partition.topic() + " has no id");
      }
      OffsetAndMetadata commit = commits.get(partition);
      StartPosition.Facts known =
          new StartPosition.Facts(
              id.toString(),
              commit == null ? null : Long.valueOf(commit.offset()),
              commit == null ? null : CommitMetadata.decode(commit.metadata()),
              beginnings.getOrDefault(partition, 0L),
              ends.getOrDefault(partition, 0L),
              survivors.get(partition),
              config.fromLatest() && isFirstOfTopic(partition.topic(), commits));
      facts.put(partition, known);
      entry.getValue().readingBack(source(partition, id), commit, known.readBackFromMs());
      readBackFromMs = Math.min(readBackFromMs, known.readBackFromMs());
    }
    long now = clock.millis();
    horizonEndsMs = now + FoldHorizon.MS;
    readBack.begin(readBackFromMs, horizonEndsMs);
    LOG.info("reading the lanes back for {}", gained.keySet());
  }

  private static SourcePartition source(TopicPartition partition, Uuid id) {
    return SourcePartition.of(partition.topic(), uuid(id), partition.partition());
  }

  private static UUID uuid(Uuid id) {
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  /** Commits of all partitions of these topics, whoever owns them. */
  private Map<TopicPartition, @Nullable OffsetAndMetadata> commits(Set<String> topics) {
    Set<TopicPartition> all = new HashSet<>();
    for (String topic : topics) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        all.add(new TopicPartition(topic, partition.partition()));
      }
    }
    return new HashMap<>(consumer.committed(all));
  }

  /**
   * At a topic's very first start from its end, the pump that has the topic's first partition
   * commits the ends of all; the others wait for that. If each committed its own, events written
   * between two of these commits would be passed over.
   */
  private boolean isLeftToFirst(
      TopicPartition partition, Map<TopicPartition, @Nullable OffsetAndMetadata> commits) {
    return config.fromLatest()
        && partition.partition() != 0
        && isFirstOfTopic(partition.topic(), commits);
  }

  private static boolean isFirstOfTopic(
      String topic, Map<TopicPartition, @Nullable OffsetAndMetadata> commits) {
    return commits.entrySet().stream()
        .noneMatch(entry -> entry.getKey().topic().equals(topic) && entry.getValue() != null);
  }

  private Map<TopicPartition, Long> survivorTimes(Set<TopicPartition> partitions) {
    Map<TopicPartition, Long> fromZero = new HashMap<>();
    partitions.forEach(partition -> fromZero.put(partition, 0L));
    Map<TopicPartition, Long> times = new HashMap<>();
    for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> entry :
        consumer.offsetsForTimes(fromZero).entrySet()) {
      OffsetAndTimestamp first = entry.getValue();
      if (first != null) {
        times.put(entry.getKey(), first.timestamp());
      }
    }
    return times;
  }

  /** The lanes are read: decides where each source starts. */
  private void begin(List<SourceProgress> sources) {
    Map<SourceProgress, Long> whole = new HashMap<>();
    Map<SourceProgress, StartPosition> lossy = new HashMap<>();
    for (SourceProgress source : sources) {
      StartPosition.Facts known = facts.get(source.topicPartition());
      if (known == null) {
        throw new IllegalStateException("not looked up: " + source.topicPartition());
      }
      if (known.committed() == null && !marks.holdAny(source.source())) {
        // Nobody sends before its start is committed, so nobody has.
        source.noCopiesBefore(clock.millis());
      }
      StartPosition start =
          StartPosition.of(
              known,
              marks.goOnFrom(source.source()),
              marks.highestOfVanished(source.source().partition(), presentIds));
      if (start.gap() == null) {
        whole.put(source, start.offset());
      } else {
        lossy.put(source, start);
      }
    }
    if (!whole.isEmpty()) {
      run(whole);
    }
    lossy.forEach(this::tellGap);
  }

  private void tellGap(SourceProgress source, StartPosition start) {
    StartPosition.Gap gap = start.gap();
    if (gap == null) {
      return;
    }
    LOG.warn(
        "{}: events from offset {} were lost before they were dispatched; going on at {}",
        source.topicPartition(),
        gap.firstOffset(),
        start.offset());
    long nowMs = clock.millis();
    SourceEvent event = new SourceEvent(gap.firstOffset(), nowMs, nowMs);
    List<LaneRecord> records =
        UpstreamGapWriter.records(
            source.source(), gap, start.offset(), readBack.lanes(), slots.get());
    source.tellingGap(event, start.offset());
    dispatch.sendGap(records, source.source(), event);
    metrics.onUpstreamGap();
  }

  /**
   * Commits where these sources start, then reads from there. The commit comes first: one that
   * exists spares the next pump the whole lanes, and it proves that this pump still owns them.
   */
  private void run(Map<SourceProgress, Long> positions) {
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    long now = clock.millis();
    positions.forEach(
        (source, offset) -> commits.put(source.topicPartition(), source.startCommit(offset, now)));
    addOthers(commits, now);
    try {
      consumer.commitSync(commits, START_COMMIT_TIMEOUT);
    } catch (RebalanceInProgressException | CommitFailedException e) {
      LOG.debug("the start is committed after the rebalance", e);
      return;
    }
    lease.proven(now);
    lookAgainMs = now; // It may have been the first one.
    positions.forEach(
        (source, offset) -> {
          source.running(offset);
          facts.remove(source.topicPartition());
          consumer.seek(source.topicPartition(), offset);
          LOG.info("{}: reading from offset {}", source.topicPartition(), offset);
        });
  }

  /** See {@link #isLeftToFirst}: the ends of partitions of which nothing is known go along. */
  private void addOthers(Map<TopicPartition, OffsetAndMetadata> commits, long nowMs) {
    for (Map.Entry<TopicPartition, StartPosition.Facts> entry : Map.copyOf(facts).entrySet()) {
      TopicPartition first = entry.getKey();
      if (!entry.getValue().fromEnd() || !commits.containsKey(first) || hasVanished(first)) {
        continue;
      }
      Set<TopicPartition> others = new HashSet<>();
      for (PartitionInfo partition : consumer.partitionsFor(first.topic())) {
        others.add(new TopicPartition(first.topic(), partition.partition()));
      }
      others.remove(first);
      Uuid id = Uuid.fromString(entry.getValue().topicId());
      others.removeIf(other -> hasVanished(other) || marks.holdAny(source(other, id)));
      String metadata = new CommitMetadata(entry.getValue().topicId(), null, nowMs).encode();
      consumer
          .endOffsets(others)
          .forEach((other, end) -> commits.put(other, new OffsetAndMetadata(end, metadata)));
    }
  }

  /** Whether the lanes know this partition of a topic that was deleted. */
  private boolean hasVanished(TopicPartition partition) {
    return marks.highestOfVanished(partition.partition(), presentIds) != null;
  }
}
