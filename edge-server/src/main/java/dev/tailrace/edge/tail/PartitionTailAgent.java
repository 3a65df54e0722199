package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.Parking;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.log.TraceMark;
import dev.tailrace.edge.tail.LeaderInquiry.FollowStart;
import dev.tailrace.edge.tail.PartitionTailProxy.Command;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.kafka.PollPace;
import dev.tailrace.support.slots.KnownSlots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the ends of lane partitions and writes their partition logs.
 *
 * <p>A partition is followed from its leader's end offset at that moment, or from a time before,
 * and then its log is given to nobody until it has come to that end. Its records of the fold's
 * horizon before its start are read as well, but only folded, so that a repetition of something
 * written shortly before is known as one. Positions are never reset by the client library: when the
 * log in Kafka no longer holds a position, the partition log is closed and its followers begin
 * anew.
 *
 * <p>Nobody is told that he has had all up to a time at which a slot may have moved unheard:
 * cursors of then would say nothing of where it went.
 *
 * <p>A record that cannot be read, or is no delivery, is a loss that everybody on its partition is
 * told of; its partition goes on behind it.
 *
 * <p>Threading: runs on edge-tail-N only; all others use {@link PartitionTailProxy}.
 */
final class PartitionTailAgent implements Agent, LeaderInquiry.Answers {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionTailAgent.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private static final class Followed {
    final PartitionLog log;
    final LaneRecordReader reader;
    final FollowStart start;
    final List<FollowRequest> waiting = new ArrayList<>();
    int followers;
    boolean paused;
    long wantedTold;

    Followed(PartitionLog log, FollowStart start, LaneRecordReader reader) {
      this.log = log;
      this.start = start;
      this.reader = reader;
    }

    /** Answers those who asked, if all is read that was there when they did. */
    void answer(long heardMs) {
      if (log.endOffset() >= start.end().offset() && !waiting.isEmpty()) {
        if (log.wholeAtMs(log.endOffset()) == 0) {
          log.setWhole(start.end().offset(), Math.min(start.askedMs(), heardMs));
        }
        waiting.forEach(request -> request.answer(log));
        waiting.clear();
      }
    }
  }

  private final int index;
  private final Consumer<byte[], byte[]> consumer;
  private final LanePoll polls;
  private final PollPace pace;
  private final KnownTexts texts = new KnownTexts();
  private final KnownSlots slots;
  private final LaneOffsets offsets;
  private final Queue<Command> commands;
  private final long logBytes;
  private final LogBudget budget;
  private final @Nullable TraceMarks marks;
  private final EdgeClock clock;
  private final LostTails lostTails;
  private final TailListener listener;
  private final Runnable onAdvance;
  private final Runnable wake;
  private final Map<TopicPartition, Followed> followed = new LinkedHashMap<>();
  private final EndWatch ends;
  private final Map<LanePartition, LeaderInquiry> inquiries = new LinkedHashMap<>();
  private final Parking polling = new Parking();
  private volatile String description = "";
  private volatile List<PartitionLog> published = List.of();

  PartitionTailAgent(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      KnownSlots slots,
      Queue<Command> commands,
      TailConfig config,
      EdgeClock clock,
      LostTails lostTails,
      TailListener listener,
      Runnable onAdvance,
      Runnable wake) {
    this.index = index;
    this.consumer = consumer;
    this.polls = new LanePoll(consumer);
    this.pace = new PollPace(config.pollInterval());
    this.offsets = offsets;
    this.slots = slots;
    this.ends = new EndWatch(offsets);
    this.commands = commands;
    this.logBytes = config.logBytes();
    this.budget = new LogBudget(config.totalLogBytes());
    this.marks = config.traced() ? new TraceMarks(clock) : null;
    this.clock = clock;
    this.lostTails = lostTails;
    this.listener = listener;
    this.onAdvance = onAdvance;
    this.wake = wake;
  }

  @Override
  public String name() {
    return "edge-tail-" + index;
  }

  /** Any thread: interrupts a poll that waits for records; there is a command, or an answer. */
  void wakeup() {
    if (polling.wake()) {
      consumer.wakeup();
    }
  }

  @Override
  public int doWork() {
    int work = drainCommands();
    try {
      work += inquire();
      if (!followed.isEmpty()) {
        ends.turn(logs(), Math.min(clock.millis(), slots.heardMs()), clock.monotonicMs());
        work += poll();
      }
    } catch (WakeupException e) {
      work++; // a command or an answer came in: the next turn takes it
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions().keySet().forEach(lost -> abandon(lost, firstLost(e, lost)));
      work++;
    } catch (KafkaException e) {
      LOG.warn("{}: Kafka does not answer as it should, trying on: {}", name(), e.toString());
    }
    return work;
  }

  private int drainCommands() {
    int drained = 0;
    for (Command command = commands.poll(); command != null; command = commands.poll()) {
      switch (command) {
        case Command.Follow follow -> onFollow(follow.request());
        case Command.Unfollow unfollow -> onUnfollow(unfollow.log());
        case Command.Cancel cancel -> onCancel(cancel.request());
        case Command.EndOffset ask -> inquiry(ask.request().partition()).add(ask.request());
      }
      drained++;
    }
    return drained;
  }

  private void onFollow(FollowRequest request) {
    Followed known = followed.get(topicPartition(request.partition()));
    if (known == null) {
      inquiry(request.partition()).add(request);
    } else {
      known.followers++;
      known.waiting.add(request);
      known.answer(slots.heardMs());
    }
  }

  private LeaderInquiry inquiry(LanePartition partition) {
    return inquiries.computeIfAbsent(partition, LeaderInquiry::new);
  }

  private void onUnfollow(PartitionLog log) {
    TopicPartition topicPartition = topicPartition(log.partition());
    Followed known = followed.get(topicPartition);
    if (known != null && known.log == log && --known.followers == 0) {
      followed.remove(topicPartition);
      close(known);
      assign();
    }
  }

  private void onCancel(FollowRequest request) {
    PartitionLog answered = request.log();
    LeaderInquiry inquiry = inquiries.get(request.partition());
    Followed known = followed.get(topicPartition(request.partition()));
    if (answered != null) {
      onUnfollow(answered);
    } else if (inquiry != null) {
      inquiry.remove(request);
    }
    if (known != null && known.waiting.remove(request)) {
      followAnew(known);
    }
  }

  /** What nobody was given yet is dropped; those who wait ask again. */
  private void followAnew(Followed known) {
    followed.remove(topicPartition(known.log.partition()));
    close(known);
    known.waiting.forEach(inquiry(known.log.partition())::add);
    assign();
  }

  private void close(Followed known) {
    known.log.close();
    tellWanted(known);
    listener.onUnfollowed();
  }

  private void tellWanted(Followed known) {
    long wanted = known.log.wanted();
    if (wanted > known.wantedTold) {
      listener.onWanted((int) (wanted - known.wantedTold));
      known.wantedTold = wanted;
    }
  }

  /** From where on the leader's log is not the one that was read; null when that is not known. */
  private static @Nullable OffsetAndMetadata firstLost(
      OffsetOutOfRangeException e, TopicPartition topicPartition) {
    return e instanceof LogTruncationException truncation
        ? truncation.divergentOffsets().get(topicPartition)
        : null;
  }

  /** Kafka no longer holds the position: retention or a truncation overtook the tail. */
  private void abandon(TopicPartition topicPartition, @Nullable OffsetAndMetadata firstLost) {
    Followed known = followed.get(topicPartition);
    if (known != null) {
      LOG.warn("{}: {} no longer has the position, following it anew", name(), topicPartition);
      if (firstLost != null) {
        long from = firstLost.offset();
        long atMs = lostTails.add(known.log.partition(), from, known.log.endOffset());
        known.log.closeTruncated(from, atMs);
        ends.askAgain(); // cursors made from now on are told from those of before by their time
      }
      followAnew(known);
      onAdvance.run();
    }
  }

  private List<PartitionLog> logs() {
    return followed.values().stream().map(known -> known.log).toList();
  }

  private int inquire() {
    if (inquiries.isEmpty()) {
      return 0;
    }
    int work = 0;
    long nowMs = clock.monotonicMs();
    long wallMs = clock.millis();
    for (LeaderInquiry inquiry : inquiries.values()) {
      inquiry.ask(offsets, wallMs, nowMs, wake);
      work += inquiry.answer(this, nowMs) ? 1 : 0;
    }
    inquiries.values().removeIf(LeaderInquiry::isOver);
    return work;
  }

  @Override
  public void onFollow(LanePartition partition, FollowStart start, List<FollowRequest> requests) {
    TopicPartition topicPartition = topicPartition(partition);
    if (!followed.containsKey(topicPartition)) {
      PartitionLog log = new PartitionLog(partition, start.log(), logBytes);
      LaneRecordReader reader = new LaneRecordReader(partition, texts, slots);
      followed.put(topicPartition, new Followed(log, start, reader));
      assign();
      // With the epoch the client library notices when another leader's log is not the same.
      consumer.seek(topicPartition, new OffsetAndMetadata(start.fold(), start.end().epoch(), ""));
      listener.onFollowed();
    }
    requests.forEach(this::onFollow);
  }

  @Override
  public void onFailure(LanePartition partition, Throwable failure) {
    LOG.warn(
        "{}: the leader of {} does not answer, asking again: {}",
        name(),
        partition,
        failure.toString());
  }

  /** Kept partitions keep their positions and what has been fetched of them. */
  private void assign() {
    consumer.assign(followed.keySet());
    describeFollowed();
  }

  private int poll() {
    pace.await();
    makeRoom();
    polling.announce();
    ConsumerRecords<byte[], byte[]> records;
    try {
      if (!commands.isEmpty() || inquiries.values().stream().anyMatch(LeaderInquiry::isAnswered)) {
        return 1;
      }
      records = polls.next(POLL, this::onLost);
    } finally {
      polling.end();
    }
    pace.polled(records.count());
    // The consumer itself may not know its position now: after a change of leaders it asks first.
    Map<TopicPartition, OffsetAndMetadata> nextOffsets = records.nextOffsets();
    nextOffsets.forEach(
        (topicPartition, next) -> {
          Followed known = followed.get(topicPartition);
          if (known != null) {
            append(topicPartition, known, records.records(topicPartition), next.offset());
          }
        });
    if (!nextOffsets.isEmpty()) {
      onAdvance.run();
    }
    return 1;
  }

  private void onLost(TopicPartition topicPartition, long offset) {
    Followed known = followed.get(topicPartition);
    if (known != null) {
      long start = known.log.endOffset();
      LogEntry loss = known.reader.lost(offset, clock.millis());
      known.log.append(offset >= start ? List.of(loss) : List.of(), Math.max(start, offset + 1));
      known.answer(slots.heardMs());
      listener.onUnreadable(1);
    }
  }

  /**
   * Each log is held to its bound, and all to theirs, also while nothing is read: encodings are
   * made at any time. A full one waits for the delivery agents to sweep it; its partition is paused
   * meanwhile.
   */
  private void makeRoom() {
    long largest =
        budget.largest(followed.values().stream().mapToLong(known -> known.log.bytes()).toArray());
    followed.forEach(
        (topicPartition, known) -> {
          known.log.setCapacity(Math.min(logBytes, largest));
          known.log.evict();
          boolean pause = known.log.isFull();
          if (pause && !known.paused) {
            consumer.pause(List.of(topicPartition));
          } else if (!pause && known.paused) {
            consumer.resume(List.of(topicPartition));
          }
          known.paused = pause;
          tellWanted(known);
        });
  }

  private void append(
      TopicPartition topicPartition,
      Followed known,
      List<ConsumerRecord<byte[], byte[]>> records,
      long nextOffset) {
    List<LogEntry> entries = new ArrayList<>(records.size());
    long start = known.log.endOffset();
    long bytes = 0;
    long rejected = known.reader.rejected();
    long repeated = known.reader.repeated();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      LogEntry entry = known.reader.read(record.offset(), record.timestamp(), record.value());
      bytes += record.serializedValueSize();
      if (record.offset() >= start) {
        if (entry == null) {
          known.log.addRepetition(record.offset());
        } else {
          TraceMark mark = marks == null ? null : marks.of(record.headers());
          if (mark != null) {
            entry.setTrace(mark);
          }
          entries.add(entry);
        }
      }
    }
    int unreadable = (int) (known.reader.rejected() - rejected);
    if (unreadable > 0) {
      LOG.warn("{}: {} records of {} are no deliveries", name(), unreadable, topicPartition);
      listener.onUnreadable(unreadable);
    }
    known.log.append(entries, Math.max(start, nextOffset));
    known.answer(slots.heardMs());
    listener.onRead(
        records.size(), entries.size(), (int) (known.reader.repeated() - repeated), bytes);
  }

  private void describeFollowed() {
    StringBuilder text = new StringBuilder();
    followed.forEach(
        (topicPartition, known) ->
            text.append(topicPartition)
                .append(" followers=")
                .append(known.followers)
                .append(" log=")
                .append(known.log.startOffset())
                .append("..")
                .append(known.log.endOffset())
                .append(known.paused ? " paused" : "")
                .append('\n'));
    description = text.toString();
    published = logs();
  }

  /** Any thread: the followed partitions as of the last change. */
  String describe() {
    return description;
  }

  /** Any thread: the logs of the same. */
  List<PartitionLog> published() {
    return published;
  }

  private static TopicPartition topicPartition(LanePartition partition) {
    return new TopicPartition(partition.topic(), partition.partition());
  }

  @Override
  public void onClose() {
    followed.values().forEach(this::close);
    consumer.close();
  }
}
