package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.lane.SourceFold;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.edge.tail.LanePoll;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lanes for sessions whose position their partition log does not reach back to.
 *
 * <p>A session's fold starts {@link SourceFold#HORIZON_MS} before the time of the first record it
 * may deliver, as every reader's does, so catch-up and tail agree on what is a repetition. A chunk
 * ends when enough was found or examined, at the partition's end, or where the partition log takes
 * over; nothing is buffered beside it.
 *
 * <p>Leaders are asked without waiting, one partition's sessions take turns with another's, and a
 * partition is read only once its leader has answered; so one that has none delays nobody else.
 *
 * <p>Threading: runs on edge-catchup-N only, which waits for Kafka while it reads a chunk.
 */
final class CatchUpReader implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUpReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_EMPTY_POLLS = 15;
  private static final int MAX_WAITING = 32_768;
  private static final long MAX_FOUND_BYTES = 256 << 10;
  private static final long MAX_EXAMINED_BYTES = 8 << 20;

  private final int index;
  private final Consumer<byte[], byte[]> consumer;
  private final LanePoll polls;
  private final LaneOffsets offsets;
  private final Queue<CatchUpSession> requests;
  private final InstantSource clock;
  private final Runnable wake;
  private final FoldCheckpoints checkpoints = new FoldCheckpoints();
  private final Map<LanePartition, SessionQueue> queues = new LinkedHashMap<>();
  private volatile int waiting;

  /**
   * A reader.
   *
   * @param wake wakes the reader's thread; from any thread
   */
  CatchUpReader(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      Queue<CatchUpSession> requests,
      InstantSource clock,
      Runnable wake) {
    this.index = index;
    this.consumer = consumer;
    this.polls = new LanePoll(consumer);
    this.offsets = offsets;
    this.requests = requests;
    this.clock = clock;
    this.wake = wake;
  }

  @Override
  public String name() {
    return "edge-catchup-" + index;
  }

  /** Any thread: the sessions it has taken and not handed back, as of its last turn. */
  int waiting() {
    return waiting;
  }

  @Override
  public int doWork() {
    int work = accept();
    SessionQueue next = nextReady();
    if (next != null) {
      queues.remove(next.partition());
      queues.put(next.partition(), next); // the others first, then it again
      serve(next);
      work++;
    }
    return work;
  }

  private int accept() {
    int accepted = 0;
    while (waiting + accepted < MAX_WAITING) {
      CatchUpSession session = requests.poll();
      if (session == null) {
        break;
      }
      session.clearChunk();
      queues.computeIfAbsent(session.partition(), SessionQueue::new).add(session);
      accepted++;
    }
    return accepted;
  }

  /** Asks the leaders of all that is waited for; returns the first queue that can be served. */
  private @Nullable SessionQueue nextReady() {
    SessionQueue ready = null;
    int left = 0;
    for (Iterator<SessionQueue> all = queues.values().iterator(); all.hasNext(); ) {
      SessionQueue queue = all.next();
      CatchUpSession first = queue.first();
      if (first == null) {
        all.remove();
        continue;
      }
      left += queue.size();
      queue.ask(offsets, wake);
      if (ready == null && queue.isReady(first)) {
        ready = queue;
      }
    }
    waiting = left;
    return ready;
  }

  private void serve(SessionQueue queue) {
    CatchUpSession session = queue.first();
    if (session == null) {
      return;
    }
    try {
      SessionQueue.Bounds bounds = queue.bounds();
      if (!readChunk(session, bounds.start(), bounds.end())) {
        return; // it goes on when the leader has answered once more
      }
    } catch (CompletionException e) {
      LOG.warn("{}: the leader of {} does not answer: {}", name(), queue.partition(), e.toString());
      queue.removeAll().forEach(this::fail);
      return;
    } catch (OffsetOutOfRangeException e) {
      // Retention moved between the question and the read: the next chunk finds the new start.
      session.fail();
    } catch (KafkaException e) {
      LOG.warn("{}: {} could not be read: {}", name(), session.partition(), e.toString());
      session.fail();
    } catch (RuntimeException e) {
      // Whatever happened, the session goes back: its reader waits for it.
      LOG.error("{}: {} could not be read", name(), session.partition(), e);
      session.fail();
    }
    queue.remove();
    handBack(session);
  }

  private void fail(CatchUpSession session) {
    session.fail();
    handBack(session);
  }

  private static void handBack(CatchUpSession session) {
    session.setFoldStart(null);
    if (!session.isCancelled()) {
      session.done();
    }
  }

  /** Reads the session's next chunk; false when the leader had to be asked for something first. */
  private boolean readChunk(CatchUpSession session, long start, long end) {
    TopicPartition partition =
        new TopicPartition(session.partition().topic(), session.partition().partition());
    consumer.assign(List.of(partition));
    if (session.position() < start) {
      session.truncated(start);
      session.setFirstSurvivorMs(timeAt(partition, start, end));
    }
    LaneRecordReader reader = session.reader();
    if (reader == null) {
      CompletableFuture<Long> foldStart = session.foldStart();
      if (foldStart == null) {
        askFoldStart(session, timeAt(partition, session.position(), end));
        return false;
      }
      reader = startFold(session, foldStart.join());
    }
    session.setFoldedTo(Math.max(session.foldedTo(), start));
    consumer.seek(partition, session.foldedTo());
    long position = session.position();
    read(session, partition, reader, end);
    if (session.foldedTo() <= position) {
      checkpoints.add(
          session.partition(), session.foldedFrom(), session.foldedTo(), reader, clock.millis());
    }
    return true;
  }

  private void askFoldStart(CatchUpSession session, long firstMs) {
    long nowMs = clock.millis();
    long horizonMs = (firstMs < 0 ? nowMs : Math.min(firstMs, nowMs)) - SourceFold.HORIZON_MS;
    session.setFoldStart(
        SessionQueue.told(offsets.atTime(session.partition(), Math.max(0, horizonMs)), wake));
  }

  private LaneRecordReader startFold(CatchUpSession session, long foldStart) {
    long start =
        foldStart == LaneOffsets.NONE
            ? session.position()
            : Math.min(foldStart, session.position());
    FoldCheckpoints.Checkpoint known =
        checkpoints.furthest(session.partition(), start, session.position(), clock.millis());
    if (known == null) {
      return session.startFold(start, start, new LaneRecordReader(session.partition()));
    }
    return session.startFold(known.start(), known.next(), known.reader().copy());
  }

  /** The time of the first record at or after an offset; negative when there is none. */
  private long timeAt(TopicPartition partition, long offset, long end) {
    consumer.seek(partition, offset);
    long at = offset;
    int empty = 0;
    while (empty < MAX_EMPTY_POLLS && at < end) {
      ConsumerRecords<byte[], byte[]> polled =
          polls.next(POLL, (damaged, lost) -> {}); // told when it is read
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      if (!records.isEmpty()) {
        return records.getFirst().timestamp();
      }
      long next = next(polled, partition, at);
      empty = next == at ? empty + 1 : 0;
      at = next;
    }
    if (at < end) {
      throw new TimeoutException("no record came");
    }
    return -1;
  }

  /** Where a poll left the partition. The consumer itself may have to ask before it knows. */
  private static long next(
      ConsumerRecords<byte[], byte[]> polled, TopicPartition partition, long before) {
    OffsetAndMetadata next = polled.nextOffsets().get(partition);
    return next == null ? before : next.offset();
  }

  private void read(
      CatchUpSession session, TopicPartition partition, LaneRecordReader reader, long end) {
    long found = 0;
    long examined = 0;
    int empty = 0;
    long until = Math.max(session.position(), Math.min(session.joinAt(), end));
    while (session.foldedTo() < until
        && found < MAX_FOUND_BYTES
        && examined < MAX_EXAMINED_BYTES
        && !session.isCancelled()) {
      ConsumerRecords<byte[], byte[]> polled =
          polls.next(POLL, (damaged, offset) -> keep(session, reader.lost(offset, clock.millis())));
      for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
        examined += record.serializedValueSize();
        if (keep(session, reader.read(record.offset(), record.timestamp(), record.value()))) {
          found += record.serializedValueSize();
        }
      }
      long next = next(polled, partition, session.foldedTo());
      empty = next == session.foldedTo() ? empty + 1 : 0;
      if (empty == MAX_EMPTY_POLLS) {
        session.fail();
        return;
      }
      session.setFoldedTo(next);
    }
  }

  /** Keeps what the session is to be given; false when it is not for it. */
  private static boolean keep(CatchUpSession session, @Nullable LogEntry entry) {
    return entry != null
        && entry.offset() >= session.position()
        && entry.matches(session.addresses())
        && session.entries().add(entry);
  }

  @Override
  public void onClose() {
    consumer.close();
  }
}
