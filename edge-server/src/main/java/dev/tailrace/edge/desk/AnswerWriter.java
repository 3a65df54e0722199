package dev.tailrace.edge.desk;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.Fleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this edge's answers to {@code tailrace.fleet}. What finds no room, or is not taken by
 * Kafka in time, is not written: nobody waits for it then.
 *
 * <p>Threading: any thread offers; one of its own owns the producer, which may wait for Kafka.
 */
public final class AnswerWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerWriter.class);
  private static final String NAME = "edge-answers";
  private static final int MOST_WAITING = 64;
  private static final int TIMEOUT_MS = 2_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final BlockingQueue<Answer> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final AtomicBoolean warned = new AtomicBoolean();
  private final Thread thread;
  private @Nullable Producer<byte[], byte[]> producer;

  /** Starts its thread; it has no client of Kafka before the first answer. */
  public AnswerWriter(KafkaSettings kafka) {
    this(() -> producer(kafka));
  }

  AnswerWriter(Supplier<Producer<byte[], byte[]>> producers) {
    this.producers = producers;
    this.thread = Thread.ofPlatform().daemon().name(NAME).start(this::run);
  }

  private static Producer<byte[], byte[]> producer(KafkaSettings kafka) {
    return new KafkaProducer<>(
        kafka.client(
            NAME,
            Map.of(
                ProducerConfig.ACKS_CONFIG,
                "1",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                false,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS / 2,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                TIMEOUT_MS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS)),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Takes one to be written, if there is room; never blocks. */
  public void offer(Answer answer) {
    if (!waiting.offer(answer)) {
      LOG.debug("no room for the answer to {}", answer.getInquiry());
    }
  }

  private void run() {
    try {
      while (true) {
        write(waiting.take());
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("stopped");
    } finally {
      boolean _ = Thread.interrupted(); // a producer that is interrupted does not close
      if (producer != null) {
        producer.close(Duration.ZERO);
      }
    }
  }

  private void write(Answer answer) {
    try {
      Producer<byte[], byte[]> open = producer == null ? producers.get() : producer;
      producer = open;
      var _ = open.send(record(answer), (_, failure) -> onWritten(answer, failure));
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) { // the next one may go through
      onWritten(answer, e);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(Answer answer) {
    String key = "answer/%s/%s".formatted(answer.getInquiry(), answer.getProcess());
    return new ProducerRecord<>(
        Topics.FLEET,
        0,
        key.getBytes(StandardCharsets.UTF_8),
        Fleet.newBuilder().setAnswer(answer).build().toByteArray());
  }

  private void onWritten(Answer answer, @Nullable Exception failure) {
    if (failure == null) {
      return;
    }
    if (warned.compareAndSet(false, true)) {
      LOG.warn(
          "the answer to {} is not written, and others may not be (told once)",
          answer.getInquiry(),
          failure);
    } else {
      LOG.debug("the answer to {} is not written", answer.getInquiry(), failure);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
