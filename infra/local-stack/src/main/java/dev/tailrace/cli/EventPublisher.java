package dev.tailrace.cli;

import com.google.protobuf.Timestamp;
import dev.tailrace.infra.local.AddressKey;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to an ingress topic, as any producer could: plain {@code kafka-clients} and the
 * bytes of an {@code Event}.
 *
 * <p>Threading: one caller's; a load is sent from a thread of its own.
 */
final class EventPublisher implements AutoCloseable {
  private static final int LONGEST_WAIT_MS = 10_000;

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final Clock clock;

  EventPublisher(Producer<byte[], byte[]> producer, String topic, Clock clock) {
    this.producer = producer;
    this.topic = topic;
    this.clock = clock;
  }

  /** With a producer of its own for this Kafka. */
  static EventPublisher connect(KafkaSettings kafka, String topic, Clock clock) {
    return new EventPublisher(
        new KafkaProducer<>(
            kafka.client(
                "tailrace-publish",
                Map.of(
                    ProducerConfig.ACKS_CONFIG,
                    "all",
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    true,
                    ProducerConfig.LINGER_MS_CONFIG,
                    0,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    LONGEST_WAIT_MS,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    LONGEST_WAIT_MS / 2,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    LONGEST_WAIT_MS)),
            new ByteArraySerializer(),
            new ByteArraySerializer()),
        topic,
        clock);
  }

  /** Writes one event and waits until Kafka has acknowledged it. */
  RecordMetadata publish(Event event) {
    try {
      return send(event, null).get();
    } catch (ExecutionException e) {
      throw notTaken(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
  }

  /**
   * Writes copies of an event, their ids numbered from 1, at an even rate, and waits until Kafka
   * has acknowledged all of them.
   *
   * @param rate per second; 0 for as fast as Kafka takes them
   */
  void publish(Event event, long count, int rate) {
    Load load = new Load(event, count);
    if (rate == 0) {
      load.sendUpTo(count);
    } else {
      load.sendAtRate(rate);
    }
    producer.flush();
    load.throwIfFailed();
  }

  private Future<RecordMetadata> send(Event event, @Nullable Load load) {
    Instant now = clock.instant();
    Event timed =
        event.hasTime()
            ? event
            : event.toBuilder()
                .setTime(
                    Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .build();
    return producer.send(
        new ProducerRecord<>(topic, AddressKey.of(event), timed.toByteArray()),
        (metadata, failure) -> {
          if (load != null && failure != null) {
            load.failure.complete(failure);
          }
        });
  }

  private CommandException notTaken(Throwable reason) {
    return CommandException.failed(
        reason instanceof TimeoutException
            ? "no answer within %d s: is Kafka there (--kafka-bootstrap-servers), and has it the topic %s?"
                .formatted(LONGEST_WAIT_MS / 1_000, topic)
            : "Kafka did not take it: " + reason.getMessage(),
        reason);
  }

  @Override
  public void close() {
    producer.close(Duration.ofMillis(LONGEST_WAIT_MS));
  }

  /** Many events, sent in ticks. */
  private final class Load {
    private static final int TICKS_PER_SECOND = 200;

    private final Event event;
    private final long count;
    private final CompletableFuture<Exception> failure = new CompletableFuture<>();
    private long sent;

    Load(Event event, long count) {
      this.event = event;
      this.count = count;
    }

    void sendUpTo(long due) {
      while (sent < due && !failure.isDone()) {
        sent++;
        // The callback keeps a failure.
        var _ = send(event.toBuilder().setId(event.getId() + "-" + sent).build(), this);
      }
    }

    /** A late tick is made up for by the next ones: the rate is that of the whole load. */
    void sendAtRate(int rate) {
      AtomicLong tick = new AtomicLong();
      try (ScheduledExecutorService ticker =
          Executors.newSingleThreadScheduledExecutor(
              task -> Thread.ofPlatform().name("publish-load").unstarted(task))) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        ScheduledFuture<?> ticks =
            ticker.scheduleAtFixedRate(
                () -> {
                  try {
                    sendUpTo(Math.min(count, 1 + tick.getAndIncrement() * rate / TICKS_PER_SECOND));
                  } catch (RuntimeException e) {
                    failure.complete(e);
                  }
                  if (sent == count || failure.isDone()) {
                    done.complete(null);
                  }
                },
                0,
                TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND,
                TimeUnit.NANOSECONDS);
        done.join();
        ticks.cancel(false);
      }
    }

    void throwIfFailed() {
      if (failure.isDone()) {
        Exception first = failure.join();
        throw notTaken(first);
      }
    }
  }
}
