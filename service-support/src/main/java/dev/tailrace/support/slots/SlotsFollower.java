package dev.tailrace.support.slots;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import dev.tailrace.v1.SlotRecord;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code tailrace.slots} and keeps the versions of the slot map that it tells of.
 *
 * <p>Threading: a thread of its own reads; the rest from any thread.
 */
public final class SlotsFollower implements KnownSlots, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlotsFollower.class);

  private final Consumer<SlotRecord> onRecord;
  private final Runnable onChange;
  private final CountDownLatch current = new CountDownLatch(1);
  private final TopicFollower follower;
  private volatile SlotMaps maps;
  private volatile long heardMs;

  /**
   * Follows nothing yet.
   *
   * @param initial the first version, which the topic does not tell of
   * @param onRecord hears of each record, on the follower's thread, after it counts here
   * @param onChange called on the follower's thread when the maps have changed
   */
  SlotsFollower(
      String name,
      Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> consumers,
      SlotMap initial,
      Consumer<SlotRecord> onRecord,
      Runnable onChange) {
    this.maps = SlotMaps.of(initial);
    this.onRecord = onRecord;
    this.onChange = onChange;
    this.follower = new TopicFollower(name, Topics.SLOTS, consumers, new Reading());
  }

  /**
   * Starts following.
   *
   * @param name of its thread, and of its Kafka client
   * @param initial the first version, which the topic does not tell of
   * @param onRecord hears of each record, on the follower's thread, after it counts here; after a
   *     failure of all again
   * @param onChange called on the follower's thread when the maps have changed
   * @param onFatal hears of an error that the thread ends of
   */
  public static SlotsFollower start(
      KafkaSettings kafka,
      String name,
      SlotMap initial,
      Consumer<SlotRecord> onRecord,
      Runnable onChange,
      Thread.UncaughtExceptionHandler onFatal) {
    SlotsFollower slots =
        new SlotsFollower(name, TopicFollower.consumers(kafka, name), initial, onRecord, onChange);
    slots.follower.start(onFatal);
    return slots;
  }

  private final class Reading implements TopicFollower.Reader {
    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
      if (one.value() == null) {
        return;
      }
      try {
        SlotRecord record = SlotRecord.parseFrom(one.value());
        SlotMaps before = maps;
        maps = before.with(record);
        onRecord.accept(record);
        if (maps != before) {
          onChange.run();
        }
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        LOG.error(
            "record {} of {} is of no use and is passed over: {}",
            one.offset(),
            Topics.SLOTS,
            e.getMessage());
      }
    }

    @Override
    public void onTurn(boolean caughtUp, long askedMs) {
      if (caughtUp) {
        heardMs = askedMs;
        current.countDown();
      }
    }
  }

  /** The versions, as far as they were read. */
  @Override
  public SlotMaps get() {
    return maps;
  }

  @Override
  public long heardMs() {
    return heardMs;
  }

  /** Waits until all that was there at the start has been read; false when the time is over. */
  public boolean awaitCurrent(Duration timeout) throws InterruptedException {
    return current.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether all below this offset of the topic counts here, as an end of its committed records that
   * was asked for.
   */
  public boolean hasRead(long end) {
    return follower.hasRead(0, end);
  }

  @Override
  public void close() {
    follower.close();
  }
}
