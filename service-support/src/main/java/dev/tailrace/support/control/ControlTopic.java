package dev.tailrace.support.control;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import dev.tailrace.v1.Control;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code tailrace.control}, reads it, and clears away what counts no more. What fails says
 * so by a {@link KafkaException}.
 *
 * <p>Threading: any thread; all but {@link #close} block, each for twice the timeout at most.
 */
public final class ControlTopic implements AutoCloseable {
  /**
   * An edge whose clock is so far behind this machine's is not robbed of what still holds there.
   */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final KafkaSettings kafka;
  private final String name;
  private final Duration timeout;
  private final Producer<byte[], byte[]> producer;

  /**
   * Asks nothing yet.
   *
   * @param name of its Kafka clients
   * @param timeout how long Kafka may be unknown, and how long it may take for a record
   */
  public ControlTopic(KafkaSettings kafka, String name, Duration timeout) {
    this.kafka = kafka;
    this.name = name;
    this.timeout = timeout;
    int timeoutMs = Math.toIntExact(timeout.toMillis());
    this.producer =
        new KafkaProducer<>(
            kafka.client(
                name,
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
   * Returns when Kafka has them.
   *
   * @return their keys, in their order
   * @throws KafkaException when it may not have one of them
   */
  public List<String> write(List<Control> records) {
    Map<String, Control> byKey = new LinkedHashMap<>();
    records.forEach(record -> byKey.put(ControlRecords.newKey(record), record));
    write(byKey);
    return List.copyOf(byKey.keySet());
  }

  /**
   * Returns when Kafka has them.
   *
   * @param records by keys that {@link ControlRecords#newKey} made: who knows them before can take
   *     back what was written when not all was
   * @throws KafkaException when it may not have one of them
   */
  public void write(Map<String, Control> records) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    records.forEach((key, record) -> sent.add(send(key, record.toByteArray())));
    await(sent);
  }

  /**
   * Takes records back, and does not wait for Kafka to take that: what has expired counts no more
   * anyway.
   */
  public void forget(Collection<String> keys) {
    for (String key : keys) {
      Future<RecordMetadata> _ = send(key, null);
    }
  }

  /**
   * Clears away what counts no more, so that the topic holds what still does and what has come
   * since.
   *
   * @throws KafkaException when the topic cannot be read or written; the next one may try
   */
  public void tidy(Instant now) {
    remove(ControlRecords.useless(read(), now.minus(CLOCKS)));
  }

  /**
   * Takes back all records that are about this.
   *
   * @return how many there were
   * @throws KafkaException when the topic cannot be read or written
   */
  public int undo(Control record) {
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
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new KafkaException(
          "%s is not written: %s".formatted(Topics.CONTROL, cause.getMessage()), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
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
        new TopicFollower(name, Topics.CONTROL, TopicFollower.consumers(kafka, name), reader)) {
      follower.start((thread, e) -> {});
      if (!whole.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new KafkaException("topic %s cannot be read".formatted(Topics.CONTROL));
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
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
