package dev.tailrace.support.placement;

import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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
 * Follows {@code tailrace.edges} and keeps the placement that comes of it. Nobody waits for it:
 * until it has read, and when Kafka is away for longer than the leases, no edge is known, and users
 * are told to stay where they are.
 *
 * <p>Threading: a thread of its own owns the consumer and the directory; the rest from any thread,
 * as of its last turn.
 */
public final class EdgesFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgesFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final int KAFKA_TIMEOUT_MS = 5_000;
  private static final int WARN_AFTER = 3;

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final InstantSource clock;
  private final LongSupplier monotonicMs;
  private final EdgeDirectory directory = new EdgeDirectory();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private List<EdgeAnnouncement> live = List.of();
  private int failures;
  private volatile Placement placement;
  private volatile long ignored;
  private volatile long heardMs;
  private volatile @Nullable Consumer<byte[], byte[]> reading;

  EdgesFollower(
      String name,
      Supplier<Consumer<byte[], byte[]>> consumers,
      SlotMap slotMap,
      InstantSource clock,
      LongSupplier monotonicMs) {
    this.consumers = consumers;
    this.clock = clock;
    this.monotonicMs = monotonicMs;
    this.placement = Placement.empty(slotMap);
    this.heardMs = monotonicMs.getAsLong();
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * Starts following.
   *
   * @param name of its thread, and of its Kafka client
   * @param onFatal hears of an error that the thread ends of
   */
  public static EdgesFollower start(
      KafkaSettings kafka,
      String name,
      SlotMap slotMap,
      InstantSource clock,
      Thread.UncaughtExceptionHandler onFatal) {
    Map<String, Object> properties =
        kafka.client(
            name,
            Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                KAFKA_TIMEOUT_MS,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                KAFKA_TIMEOUT_MS));
    EdgesFollower follower =
        new EdgesFollower(
            name,
            () ->
                new KafkaConsumer<>(
                    properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
            slotMap,
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    follower.thread.setUncaughtExceptionHandler(onFatal);
    follower.thread.start();
    return follower;
  }

  private void run() {
    while (stopped.getCount() > 0) {
      try (Consumer<byte[], byte[]> consumer = consumers.get()) {
        reading = consumer;
        follow(consumer);
      } catch (InterruptException | WakeupException e) {
        return;
      } catch (RuntimeException e) {
        onFailure(e);
      }
      publish();
      try {
        if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Reads what is there, and then what comes; returns when it is to stop. */
  void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.EDGES).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("there is no " + Topics.EDGES);
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (stopped.getCount() > 0) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      failures = 0; // who may see a topic need not be allowed to read it
      for (ConsumerRecord<byte[], byte[]> one : records) {
        TopicPartition of = new TopicPartition(one.topic(), one.partition());
        onRecord(one, one.offset() < ends.getOrDefault(of, 0L));
      }
      publish();
    }
  }

  private void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
    long nowMs = monotonicMs.getAsLong();
    if (old) {
      directory.onOldRecord(one.key(), one.value(), clock.millis(), nowMs);
    } else {
      directory.onRecord(one.key(), one.value(), nowMs);
      heardMs = nowMs;
    }
  }

  private void onFailure(RuntimeException e) {
    failures++;
    if (failures == WARN_AFTER) { // the topic may be about to be created
      LOG.warn("{} cannot be followed, trying on: {}", Topics.EDGES, e.toString());
    }
  }

  private void publish() {
    List<EdgeAnnouncement> now = directory.live(monotonicMs.getAsLong());
    ignored = directory.ignored();
    if (!now.equals(live)) {
      live = now;
      placement = placement.with(now);
    }
  }

  /** What follows from what was read up to now. */
  public Placement placement() {
    return placement;
  }

  /** Records that were no announcements. */
  public long ignored() {
    return ignored;
  }

  /** How long no edge has said anything, as far as it could be read; in milliseconds. */
  public long silenceMs() {
    return Math.max(0, monotonicMs.getAsLong() - heardMs);
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
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
