package dev.tailrace.edge.tail;

import java.time.Duration;
import java.util.Map;
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

  /** Hears of each record that was passed. */
  @FunctionalInterface
  public interface Lost {
    /** What lies at this offset cannot be read; the consumer stands behind it. */
    void onLost(TopicPartition partition, long offset);
  }

  private LanePoll() {}

  /**
   * The next records; none when one was passed, whose partition's next offset is then told.
   *
   * @throws KafkaException when something else is wrong than a record
   */
  public static ConsumerRecords<byte[], byte[]> next(
      Consumer<byte[], byte[]> consumer, Duration timeout, Lost lost) {
    try {
      return consumer.poll(timeout);
    } catch (KafkaException e) {
      for (TopicPartition partition : consumer.assignment()) {
        if (isAbout(e, partition)) {
          long offset = consumer.position(partition);
          LOG.warn("{} at offset {} cannot be read, passing it", partition, offset, e);
          consumer.seek(partition, offset + 1);
          lost.onLost(partition, offset);
          return new ConsumerRecords<>(
              Map.of(), Map.of(partition, new OffsetAndMetadata(offset + 1)));
        }
      }
      throw e;
    }
  }

  /**
   * What brokers answer, and a broker that does not, is an {@link ApiException}; a position that is
   * out of range is no matter of one record.
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
