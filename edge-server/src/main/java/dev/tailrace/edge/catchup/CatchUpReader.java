package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.lane.SourceFold;
import dev.tailrace.edge.log.LogEntry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
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
 * <p>Threading: runs on edge-catchup-N only, which may block on Kafka.
 */
final class CatchUpReader implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUpReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_EMPTY_POLLS = 15;
  private static final long MAX_FOUND_BYTES = 256 << 10;
  private static final long MAX_EXAMINED_BYTES = 8 << 20;

  private final int index;
  private final Consumer<byte[], byte[]> consumer;
  private final Queue<CatchUpSession> requests;
  private final InstantSource clock;

  CatchUpReader(
      int index,
      Consumer<byte[], byte[]> consumer,
      Queue<CatchUpSession> requests,
      InstantSource clock) {
    this.index = index;
    this.consumer = consumer;
    this.requests = requests;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "edge-catchup-" + index;
  }

  @Override
  public int doWork() {
    CatchUpSession session = requests.poll();
    if (session == null) {
      return 0;
    }
    if (session.isCancelled()) {
      return 1;
    }
    session.clearChunk();
    try {
      readChunk(session);
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
    if (!session.isCancelled()) {
      session.done();
    }
    return 1;
  }

  private void readChunk(CatchUpSession session) {
    TopicPartition partition =
        new TopicPartition(session.partition().topic(), session.partition().partition());
    consumer.assign(List.of(partition));
    long start = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    if (session.position() < start) {
      session.truncated(start);
      session.setFirstSurvivorMs(timeAt(partition, start, end));
    }
    LaneRecordReader reader = session.reader();
    if (reader == null) {
      reader = startFold(session, partition, end);
    }
    session.setFoldedTo(Math.max(session.foldedTo(), start));
    consumer.seek(partition, session.foldedTo());
    read(session, partition, reader, end);
  }

  private LaneRecordReader startFold(CatchUpSession session, TopicPartition partition, long end) {
    long nowMs = clock.millis();
    long firstMs = timeAt(partition, session.position(), end);
    long horizonMs = (firstMs < 0 ? nowMs : Math.min(firstMs, nowMs)) - SourceFold.HORIZON_MS;
    @Nullable OffsetAndTimestamp foldStart =
        consumer.offsetsForTimes(Map.of(partition, Math.max(0, horizonMs))).get(partition);
    session.setFoldedTo(
        foldStart == null ? session.position() : Math.min(foldStart.offset(), session.position()));
    LaneRecordReader reader = new LaneRecordReader(session.partition());
    session.setReader(reader);
    return reader;
  }

  /** The time of the first record at or after an offset; negative when there is none. */
  private long timeAt(TopicPartition partition, long offset, long end) {
    if (offset >= end) {
      return -1;
    }
    consumer.seek(partition, offset);
    for (int i = 0; i < MAX_EMPTY_POLLS && consumer.position(partition) < end; i++) {
      List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
      if (!records.isEmpty()) {
        return records.getFirst().timestamp();
      }
    }
    return -1;
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
        && empty < MAX_EMPTY_POLLS
        && !session.isCancelled()) {
      List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
      empty = records.isEmpty() ? empty + 1 : 0;
      for (ConsumerRecord<byte[], byte[]> record : records) {
        LogEntry entry = reader.read(record.offset(), record.timestamp(), record.value());
        examined += record.serializedValueSize();
        if (entry != null
            && record.offset() >= session.position()
            && entry.matches(session.addresses())) {
          session.entries().add(entry);
          found += record.serializedValueSize();
        }
      }
      session.setFoldedTo(consumer.position(partition));
    }
  }

  @Override
  public void onClose() {
    consumer.close();
  }
}
