package dev.tailrace.edge.tail;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls a consumer of lanes past what it cannot read. Before a damaged batch the client library
 * throws at every poll, whatever the other partitions have, until somebody seeks past it; which
 * partition it means it says only in words. A batch is passed one offset at a time, for nobody
 * knows where it ends.
 *
 * <p>Threading: the consumer's.
 */
public final class LanePoll {
  private static final Logger LOG = LoggerFactory.getLogger(LanePoll.class);

  /**
   * So often it is read before it is passed: what was damaged on its way is whole the next time.
   */
  private static final int TRIES = 3;

  /** Hears of each record that was passed. */
  @FunctionalInterface
  public interface Lost {
    /** What lies at this offset cannot be read; the consumer stands behind it. */
    void onLost(TopicPartition partition, long offset);
  }

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Failure> failures = new HashMap<>();

  /** Where a partition could last not be read, and how often that was seen. */
  private record Failure(long offset, int times) {}

  /** Polls this consumer, which nobody else polls. */
  public LanePoll(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * The next records; none when one could not be read. When that was passed, its partition's next
   * offset is told.
   *
   * @throws KafkaException when something else is wrong than a record
   */
  public ConsumerRecords<byte[], byte[]> next(Duration timeout, Lost lost) {
    try {
      return consumer.poll(timeout);
    } catch (KafkaException e) {
      for (TopicPartition partition : consumer.assignment()) {
        if (isAbout(e, partition)) {
          return passOrTryAgain(partition, e, lost);
        }
      }
      throw e;
    }
  }

  private ConsumerRecords<byte[], byte[]> passOrTryAgain(
      TopicPartition partition, KafkaException cause, Lost lost) {
    long offset = consumer.position(partition);
    if (isWorthAnotherTry(partition, offset)) {
      fetchAnew(partition, offset);
      return ConsumerRecords.empty();
    }
    LOG.warn("{} at offset {} cannot be read, passing it: {}", partition, offset, cause.toString());
    consumer.seek(partition, offset + 1);
    lost.onLost(partition, offset);
    return new ConsumerRecords<>(Map.of(), Map.of(partition, new OffsetAndMetadata(offset + 1)));
  }

  /** The consumer keeps what it fetched for as long as the partition is assigned. */
  private void fetchAnew(TopicPartition partition, long offset) {
    Set<TopicPartition> all = Set.copyOf(consumer.assignment());
    Set<TopicPartition> others = new HashSet<>(all);
    others.remove(partition);
    consumer.assign(others);
    consumer.assign(all);
    consumer.seek(partition, offset);
  }

  /** Not when the offset before it was passed: they mostly lie in one batch. */
  private boolean isWorthAnotherTry(TopicPartition partition, long offset) {
    Failure before = failures.get(partition);
    int times = 1;
    if (before != null && before.offset() == offset) {
      times = before.times() + 1;
    } else if (before != null && before.offset() == offset - 1 && before.times() >= TRIES) {
      times = TRIES;
    }
    failures.put(partition, new Failure(offset, times));
    return times < TRIES;
  }

  /**
   * What brokers answer is an {@link ApiException}, all but their own view that a batch is damaged;
   * a position that is out of range is no matter of one record.
   */
  private static boolean isAbout(KafkaException failure, TopicPartition partition) {
    String message = failure.getMessage();
    return !(failure instanceof ApiException)
        && !(failure instanceof InvalidOffsetException)
        && message != null
        && Pattern.compile("\\b" + Pattern.quote(partition.toString()) + "\\b")
            .matcher(message)
            .find();
  }
}
