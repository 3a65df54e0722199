package dev.tailrace.edge.catchup;

import dev.tailrace.edge.tail.LanePoll;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The catch-up thread's consumer. It stands in one partition, for one reading at a time, and keeps
 * what it has fetched for that until another has its turn.
 *
 * <p>Threading: the catch-up reader, which waits for Kafka in {@link #poll}.
 */
final class ScanConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MAX_EMPTY_POLLS = 15;

  private final Consumer<byte[], byte[]> consumer;
  private final LanePoll polls;
  private @Nullable Object reading;
  private TopicPartition at = new TopicPartition("", 0);
  private int empty;

  ScanConsumer(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
    this.polls = new LanePoll(consumer);
  }

  /** What came: the records, and the position behind all that was looked for. */
  record Polled(List<ConsumerRecord<byte[], byte[]>> records, long next) {}

  /** Whether it stands where a reading left it. */
  boolean isAt(Object whose) {
    return whose.equals(reading);
  }

  /** Goes to where a reading is, if it does not stand there. */
  void standAt(LanePartition partition, long offset, Object whose) {
    if (!isAt(whose)) {
      at = new TopicPartition(partition.topic(), partition.partition());
      consumer.assign(List.of(at));
      consumer.seek(at, offset);
      reading = whose;
    }
    empty = 0;
  }

  /** The reading goes on elsewhere than behind the last poll. */
  void leave() {
    reading = null;
  }

  /**
   * The next records.
   *
   * @param position of the reading; it stays so when nothing came
   * @param lost hears of those that could not be read
   * @throws TimeoutException when nothing has come for a while
   */
  Polled poll(long position, LanePoll.Lost lost) {
    ConsumerRecords<byte[], byte[]> polled = polls.next(POLL, lost);
    // The consumer itself may have to ask before it knows where it is.
    OffsetAndMetadata known = polled.nextOffsets().get(at);
    long next = known == null ? position : known.offset();
    empty = next == position ? empty + 1 : 0;
    if (empty == MAX_EMPTY_POLLS) {
      throw new TimeoutException("no record came");
    }
    return new Polled(polled.records(at), next);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
