package dev.tailrace.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import dev.tailrace.v1.Control;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code tailrace.control} for a command, reads it, and clears away what counts no more.
 *
 * <p>Threading: the main thread's; while it reads it has another.
 */
final class ControlClient implements AutoCloseable {
  private static final String NAME = "tailrace-control-command";

  /**
   * An edge whose clock is so far behind this machine's is not robbed of what still holds there.
   */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final KafkaSettings kafka;
  private final Producer<byte[], byte[]> producer;

  private ControlClient(KafkaSettings kafka) {
    this.kafka = kafka;
    int timeoutMs = Math.toIntExact(TopicLookup.TIMEOUT.toMillis());
    this.producer =
        new KafkaProducer<>(
            kafka.client(
                NAME,
                Map.of(
                    ProducerConfig.ACKS_CONFIG,
                    "all",
                    ProducerConfig.LINGER_MS_CONFIG,
                    0,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    timeoutMs / 3,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    timeoutMs,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    timeoutMs)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * Returns when it is known that the topic is there.
   *
   * @throws CommandException when it is not, or Kafka does not answer
   */
  static ControlClient connect(KafkaSettings kafka) {
    try (TopicLookup topics = new TopicLookup(kafka, NAME)) {
      topics.describe(Topics.CONTROL);
    }
    return new ControlClient(kafka);
  }

  /**
   * Returns when Kafka has it.
   *
   * @throws CommandException when that may not be so
   */
  void write(Control record) {
    await(List.of(send(ControlRecords.newKey(record), record.toByteArray())));
  }

  /**
   * Clears away what counts no more, so that the topic holds what still does and what has come
   * since. What it is tidied after stands, whatever comes of this.
   */
  void tidy(Instant now, PrintWriter err) {
    try {
      remove(ControlRecords.useless(read(), now.minus(CLOCKS)));
    } catch (CommandException e) {
      err.println(
          "what has expired is not cleared away, the next command tries: " + e.getMessage());
    }
  }

  /**
   * Takes back all records that are about this.
   *
   * @return how many there were
   * @throws CommandException when the topic cannot be read or written
   */
  int undo(Control record) {
    Control target = ControlRecords.target(record);
    List<String> keys = new ArrayList<>();
    read()
        .forEach(
            (key, one) -> {
              if (ControlRecords.target(one).equals(target)) {
                keys.add(key);
              }
            });
    remove(keys);
    return keys.size();
  }

  private void remove(Collection<String> keys) {
    await(keys.stream().map(key -> send(key, null)).toList());
  }

  private Future<RecordMetadata> send(String key, byte @Nullable [] value) {
    return producer.send(
        new ProducerRecord<>(Topics.CONTROL, 0, key.getBytes(StandardCharsets.UTF_8), value));
  }

  private static void await(List<Future<RecordMetadata>> sent) {
    try {
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (ExecutionException | KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CommandException.failed(
          "%s is not written: %s".formatted(Topics.CONTROL, cause.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
  }

  /** All that is in the topic now. */
  private Map<String, Control> read() {
    Map<String, Control> records = new ConcurrentHashMap<>();
    CountDownLatch whole = new CountDownLatch(1);
    TopicFollower.Reader reader =
        new TopicFollower.Reader() {
          @Override
          public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
            put(records, one);
          }

          @Override
          public void onTurn(boolean caughtUp, long askedMs) {
            if (caughtUp) {
              whole.countDown();
            }
          }
        };
    try (TopicFollower follower =
        new TopicFollower(NAME, Topics.CONTROL, TopicFollower.consumers(kafka, NAME), reader)) {
      follower.start((thread, e) -> {});
      if (!whole.await(TopicLookup.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw CommandException.failed("topic %s cannot be read".formatted(Topics.CONTROL));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.failed("interrupted", e);
    }
    return Map.copyOf(records);
  }

  private static void put(Map<String, Control> records, ConsumerRecord<byte[], byte[]> one) {
    String key = new String(one.key(), StandardCharsets.UTF_8);
    try {
      if (one.value() == null) {
        records.remove(key);
      } else {
        records.put(key, Control.parseFrom(one.value()));
      }
    } catch (InvalidProtocolBufferException e) {
      records.remove(key); // it is not ours
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
