package dev.tailrace.support.kafka;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one of the platform's topics from its beginning, or the last of it, and then what comes,
 * for as long as it lives. After a failure it begins anew: its reader hears of records again.
 *
 * <p>Threading: a thread of its own owns the consumer and calls the reader.
 */
public final class TopicFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final int KAFKA_TIMEOUT_MS = 5_000;

  /**
   * A broker answers one request of a connection after the other: whoever closes the consumer, or
   * asks it for a position, waits until a fetch that found nothing is answered.
   */
  private static final int FETCH_WAIT_MS = 100;

  /** Of the first poll, for whoever waits for it where there is nothing: until that is answered. */
  private static final Duration FIRST_POLL = Duration.ofMillis(FETCH_WAIT_MS + 25);

  private static final int WARN_AFTER = 3;
  private static final long ASK_AGAIN_MS = 5_000;

  /** Whom the records are for; called on the follower's thread. */
  public interface Reader {
    /**
     * A record.
     *
     * @param old whether it was there when reading began
     */
    void onRecord(ConsumerRecord<byte[], byte[]> record, boolean old);

    /**
     * Some records may have come, or none for a while.
     *
     * @param caughtUp whether all has been read, since it last began anew, that was there when its
     *     leaders were last asked
     * @param askedMs when that was, some seconds ago at most; milliseconds since the epoch; 0 when
     *     it begins anew
     */
    void onTurn(boolean caughtUp, long askedMs);
  }

  private final String topic;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Reader reader;
  private final @Nullable Duration back;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Map<TopicPartition, Long> read = new ConcurrentHashMap<>();
  private final InstantSource clock = InstantSource.system();
  private final Thread thread;
  private int failures;
  private volatile @Nullable Consumer<byte[], byte[]> reading;

  /** One of a compacted topic, which it reads from its beginning; not started. */
  public TopicFollower(
      String name, String topic, Supplier<Consumer<byte[], byte[]>> consumers, Reader reader) {
    this(name, topic, consumers, reader, null);
  }

  /**
   * One that is not started.
   *
   * @param back how far back it begins, by the times of records; null for the topic's beginning
   */
  public TopicFollower(
      String name,
      String topic,
      Supplier<Consumer<byte[], byte[]>> consumers,
      Reader reader,
      @Nullable Duration back) {
    this.back = back;
    this.topic = topic;
    this.consumers = consumers;
    this.reader = reader;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /** Makes consumers for it; they are in no group. */
  public static Supplier<Consumer<byte[], byte[]>> consumers(KafkaSettings kafka, String name) {
    Map<String, Object> properties =
        kafka.client(
            name,
            Map.of(
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                FETCH_WAIT_MS,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                KAFKA_TIMEOUT_MS,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                KAFKA_TIMEOUT_MS));
    return () ->
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Begins.
   *
   * @param onFatal hears of an error that the thread ends of
   */
  public void start(Thread.UncaughtExceptionHandler onFatal) {
    thread.setUncaughtExceptionHandler(onFatal);
    thread.start();
  }

  private void run() {
    while (stopped.getCount() > 0) {
      try (Consumer<byte[], byte[]> consumer = consumers.get()) {
        reading = consumer;
        if (stopped.getCount() == 0) {
          return; // whoever closes it may have looked for a consumer before there was one
        }
        follow(consumer);
      } catch (InterruptException | WakeupException e) {
        return;
      } catch (RuntimeException e) {
        onFailure(e);
      }
      try {
        if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      reader.onTurn(false, 0);
    }
  }

  /** Reads what is there, and then what comes; returns when it is to stop. */
  public void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("there is no " + topic);
    }
    consumer.assign(partitions);
    Map<TopicPartition, Long> atFirst = consumer.endOffsets(partitions);
    begin(consumer, partitions, atFirst);
    Map<TopicPartition, Long> ends = atFirst;
    long askedMs = clock.millis();
    Duration wait = FIRST_POLL;
    while (stopped.getCount() > 0) {
      long nowMs = clock.millis();
      if (Math.abs(nowMs - askedMs)
          >= ASK_AGAIN_MS) { // a poll says nothing of a leader that is away
        ends = consumer.endOffsets(partitions);
        askedMs = nowMs;
      }
      ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
      wait = POLL;
      failures = 0; // who may see a topic need not be allowed to read it
      for (ConsumerRecord<byte[], byte[]> one : records) {
        TopicPartition of = new TopicPartition(one.topic(), one.partition());
        reader.onRecord(one, one.offset() < atFirst.getOrDefault(of, 0L));
      }
      boolean caughtUp = true;
      for (TopicPartition one : partitions) {
        long position = consumer.position(one);
        read.merge(one, position, Math::max);
        caughtUp &= position >= ends.getOrDefault(one, 0L);
      }
      reader.onTurn(caughtUp, askedMs);
    }
  }

  private void begin(
      Consumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> ends) {
    if (back == null) {
      consumer.seekToBeginning(partitions);
      return;
    }
    long fromMs = clock.millis() - back.toMillis();
    Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, fromMs));
    consumer
        .offsetsForTimes(times)
        .forEach(
            (partition, first) ->
                consumer.seek(
                    partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset()));
  }

  /**
   * Whether the reader has heard of all that lies below this offset: an end that was asked for, say
   * (of committed records). From any thread.
   */
  public boolean hasRead(int partition, long end) {
    return read.getOrDefault(new TopicPartition(topic, partition), -1L) >= end;
  }

  private void onFailure(RuntimeException e) {
    failures++;
    if (failures == WARN_AFTER) { // the topic may be about to be created
      LOG.warn("{} cannot be followed, trying on: {}", topic, e.toString());
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    Consumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup(); // which a closed one does not mind
    }
    try {
      if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
        thread.interrupt();
        thread.join(CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
