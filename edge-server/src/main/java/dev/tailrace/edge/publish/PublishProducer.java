package dev.tailrace.edge.publish;

import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.metrics.PublishMetrics;
import dev.tailrace.edge.publish.PublishResult.Acknowledged;
import dev.tailrace.edge.publish.PublishResult.RefusalReason;
import dev.tailrace.edge.publish.PublishResult.Refused;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes published events to the ingress topic, keyed by event id, and tells when Kafka holds them.
 *
 * <p>Kafka's {@code send} may block while it knows no leader, so a thread of its own calls it;
 * callers only put an event into a queue that an {@link InFlightBudget} bounds. An event keeps its
 * room until Kafka is done with it, not only until its publisher was told to try again. An {@link
 * Error} on that thread ends the process, as it does on an agent's.
 *
 * <p>Threading: {@link #offer} from any thread, never blocks; {@code edge-publish} alone calls
 * {@code send}. Results come on that thread, Kafka's, or the JDK's timer.
 */
public final class PublishProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PublishProducer.class);
  private static final Duration RETRY_SOON = Duration.ofSeconds(1);
  private static final Duration RETRY_LATER = Duration.ofSeconds(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_REQUEST_BYTES = 2 << 20;

  private record Pending(
      Event event, PublishTrace trace, CompletableFuture<PublishResult> answer, long bytes) {}

  private final PublishConfig config;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final PublishMetrics metrics;
  private final InstantSource clock;
  private final InFlightBudget budget;
  private final PublishQueue<Pending> queue = new PublishQueue<>();
  private final Thread thread;

  /** Of the thread, once it runs. */
  private @Nullable Producer<byte[], byte[]> producer;

  private PublishProducer(
      PublishConfig config,
      PublishMetrics metrics,
      InstantSource clock,
      Supplier<Producer<byte[], byte[]>> producers,
      FatalErrorHandler onFatal) {
    this.config = config;
    this.metrics = metrics;
    this.clock = clock;
    this.producers = producers;
    this.budget = new InFlightBudget(config.maxInFlight(), config.maxInFlightBytes());
    this.thread = new Thread(() -> onFatal.guard("edge-publish", this::run), "edge-publish");
  }

  /** Starts writing to the Kafka of these settings. */
  public static PublishProducer start(
      KafkaSettings kafka, PublishConfig config, PublishMetrics metrics, InstantSource clock) {
    Map<String, Object> properties = kafka.client("edge-publish", producerProperties(config));
    return start(
        config,
        metrics,
        clock,
        () ->
            metrics.show(
                new KafkaProducer<>(
                    properties, new ByteArraySerializer(), new ByteArraySerializer())),
        FatalErrorHandler.HALT);
  }

  /**
   * With producers from this supplier: the first is made here, so that a configuration that cannot
   * work is found out at start; another one whenever the last has failed.
   */
  static PublishProducer start(
      PublishConfig config,
      PublishMetrics metrics,
      InstantSource clock,
      Supplier<Producer<byte[], byte[]>> producers,
      FatalErrorHandler onFatal) {
    PublishProducer started = new PublishProducer(config, metrics, clock, producers, onFatal);
    started.producer = producers.get();
    started.thread.start();
    return started;
  }

  private static Map<String, Object> producerProperties(PublishConfig config) {
    int timeoutMs = Math.toIntExact(Math.clamp(config.timeout().toMillis(), 1_000, 600_000));
    return Map.of(
        ProducerConfig.ACKS_CONFIG,
        "all",
        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
        true,
        ProducerConfig.LINGER_MS_CONFIG,
        0,
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        timeoutMs,
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        timeoutMs / 2,
        ProducerConfig.MAX_BLOCK_MS_CONFIG,
        1_000,
        // Room for every event in flight, and for the batches they lie in.
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        2 * config.maxInFlightBytes() + (16L << 20),
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        MAX_REQUEST_BYTES);
  }

  /** Takes an event that has an id and keeps the rules. */
  public CompletionStage<PublishResult> offer(Event event, PublishTrace trace) {
    Instant since = clock.instant();
    return take(event, trace).thenApply(result -> count(result, since));
  }

  private CompletionStage<PublishResult> take(Event event, PublishTrace trace) {
    if (queue.isClosed()) {
      return CompletableFuture.completedStage(stoppingResult());
    }
    long bytes = event.getSerializedSize();
    if (!budget.take(1, bytes)) {
      return CompletableFuture.completedStage(
          new Refused(
              RefusalReason.BUSY,
              "too many events are waiting for Kafka: this one was not written",
              RETRY_SOON));
    }
    CompletableFuture<PublishResult> answer = new CompletableFuture<>();
    if (!queue.add(new Pending(event, trace, answer, bytes))) {
      budget.release(1, bytes);
      return CompletableFuture.completedStage(stoppingResult());
    }
    return answer.completeOnTimeout(
        timeoutResult(), config.timeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  private PublishResult count(PublishResult result, Instant since) {
    switch (result) {
      case Acknowledged _ -> metrics.acknowledged(Duration.between(since, clock.instant()));
      case Refused refused -> metrics.refused(refused.reason().code());
      case PublishResult.Invalid _, PublishResult.Forbidden _, PublishResult.Revoked _ ->
          throw new IllegalStateException("decided before: " + result);
    }
    return result;
  }

  /** How many events are waiting for Kafka. */
  public int inFlight() {
    return budget.count();
  }

  private void run() {
    try {
      warm();
      while (!queue.isClosed()) {
        send(queue.take());
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("stopping", e);
    }
    queue.close();
    // The producer must be able to wait for what it holds.
    Thread.interrupted();
    closeProducer(CLOSE_TIMEOUT);
    for (Pending left = queue.poll(); left != null; left = queue.poll()) {
      finish(left, stoppingResult());
    }
  }

  /** Asks for the leaders before the first publisher has to wait for them. */
  private void warm() {
    try {
      if (producer != null) {
        producer.partitionsFor(config.topic());
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("topic {} is not known yet: {}", config.topic(), e.getMessage());
    }
  }

  private void send(Pending pending) {
    if (pending.answer().isDone()) {
      finish(pending, timeoutResult());
      return;
    }
    try {
      Producer<byte[], byte[]> sender = producer;
      if (sender == null) {
        sender = producers.get();
        producer = sender;
      }
      // The callback tells all that the future would.
      var _ =
          sender.send(
              new ProducerRecord<>(
                  config.topic(),
                  null, // whichever partition that key has
                  pending.event().getId().getBytes(StandardCharsets.UTF_8),
                  pending.event().toByteArray(),
                  pending.trace().headers()),
              (metadata, failure) -> finish(pending, result(pending, metadata, failure)));
    } catch (InterruptException e) {
      finish(pending, stoppingResult());
      throw e;
    } catch (RuntimeException e) {
      // What concerns one record goes to its callback; what is thrown concerns the producer.
      LOG.warn("the producer of published events failed, the next event gets a new one", e);
      finish(pending, result(pending, null, e));
      closeProducer(Duration.ZERO);
    }
  }

  private PublishResult result(
      Pending pending, @Nullable RecordMetadata metadata, @Nullable Exception failure) {
    if (failure == null && metadata != null) {
      return new Acknowledged(pending.event().getId(), metadata.partition(), metadata.offset());
    }
    return switch (failure) {
      case TimeoutException _ -> timeoutResult();
      case RecordTooLargeException _ ->
          new Refused(
              RefusalReason.TOO_LARGE,
              "the event is too large for topic " + config.topic(),
              RETRY_LATER);
      case null, default -> {
        LOG.warn("an event was not written to {}: {}", config.topic(), String.valueOf(failure));
        yield new Refused(
            RefusalReason.KAFKA, "Kafka did not take the event, try again", RETRY_LATER);
      }
    };
  }

  /** Once per event: answers its publisher, if that has not given up, and gives its room back. */
  private void finish(Pending pending, PublishResult result) {
    budget.release(1, pending.bytes());
    pending.answer().complete(result);
  }

  private Refused timeoutResult() {
    return new Refused(
        RefusalReason.TIMEOUT,
        "Kafka did not acknowledge within %d s; the event may still have been written"
            .formatted(config.timeout().toSeconds()),
        RETRY_LATER);
  }

  private static Refused stoppingResult() {
    return new Refused(
        RefusalReason.STOPPING, "this edge is stopping: the event was not written", RETRY_SOON);
  }

  private void closeProducer(Duration timeout) {
    Producer<byte[], byte[]> closing = producer;
    producer = null;
    if (closing != null) {
      try {
        closing.close(timeout);
      } catch (RuntimeException e) {
        LOG.warn("closing the producer of published events failed", e);
      }
    }
  }

  /** Stops taking events, waits for those in flight at most a few seconds, refuses the rest. */
  @Override
  public void close() {
    queue.close();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
