package dev.tailrace.dispatcher.pump;

import io.opentelemetry.api.trace.Span;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The pump's producer, under the rule that no later stamp may pass a failed one: the first failure
 * closes it from inside its callback, before the client sends another batch.
 *
 * <p>Threading: used by dispatcher-pump-N; callbacks run on the producer's I/O thread.
 */
final class LaneProducer implements AutoCloseable {
  /** What a record costs beside key and value, roughly. */
  private static final int RECORD_OVERHEAD_BYTES = 128;

  /**
   * The first failure.
   *
   * @param recordAgeMs how old the record's timestamp was when the failure arrived
   */
  record Failure(Exception cause, long recordAgeMs) {}

  private final Producer<byte[], byte[]> producer;
  private final Clock clock;
  private final Consumer<SourceEvent> onEventAcknowledged;
  private final MonitorWait waiting;
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
  private final Object settled = new Object();

  /** Whether anybody waits for acknowledgements; set before he looks what there is to wait for. */
  private volatile boolean awaited;

  private volatile boolean anyAcknowledged;

  /**
   * Wraps a producer made by {@link PumpClients#laneProducer}.
   *
   * @param onEventAcknowledged told of each event whose copies are all in the lanes
   */
  LaneProducer(
      Producer<byte[], byte[]> producer, Clock clock, Consumer<SourceEvent> onEventAcknowledged) {
    this(producer, clock, onEventAcknowledged, Object::wait);
  }

  LaneProducer(
      Producer<byte[], byte[]> producer,
      Clock clock,
      Consumer<SourceEvent> onEventAcknowledged,
      MonitorWait waiting) {
    this.producer = producer;
    this.clock = clock;
    this.onEventAcknowledged = onEventAcknowledged;
    this.waiting = waiting;
  }

  /** Learns where these topics' partitions are, so that no send has to wait for it. */
  void prepare(Collection<String> topics) {
    topics.forEach(producer::partitionsFor);
  }

  /** Hands over one copy of an event; never blocks for longer than the client needs metadata. */
  void send(ProducerRecord<byte[], byte[]> record, SourceEvent event) {
    long bytes = sizeBytes(record);
    event.copySent();
    inFlightBytes.addAndGet(bytes);
    try {
      RouteTrace trace = event.trace();
      var _ =
          trace == null
              ? producer.send(record, (metadata, e) -> onCompletion(event, bytes, e))
              : producer.send(record, traced(trace, trace.send(record), event, bytes));
    } catch (KafkaException | IllegalStateException e) {
      fail(e, event);
      throw stopped();
    }
  }

  private Callback traced(RouteTrace trace, @Nullable Span send, SourceEvent event, long bytes) {
    return (metadata, e) -> {
      trace.sent(send, e);
      onCompletion(event, bytes, e);
    };
  }

  /** The pump has sent the last copy of this event. */
  void allSent(SourceEvent event) {
    settle(event);
  }

  private void settle(SourceEvent event) {
    if (event.settle()) {
      RouteTrace trace = event.trace();
      if (trace != null) {
        trace.acknowledged();
      }
      onEventAcknowledged.accept(event);
    }
  }

  static long sizeBytes(ProducerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    byte[] value = record.value();
    long bytes = RECORD_OVERHEAD_BYTES;
    bytes += key == null ? 0 : key.length;
    bytes += value == null ? 0 : value.length;
    return bytes;
  }

  private void onCompletion(SourceEvent event, long bytes, @Nullable Exception e) {
    inFlightBytes.addAndGet(-bytes);
    if (e != null) {
      fail(e, event);
    } else {
      anyAcknowledged = true;
      settle(event);
    }
    if (awaited) {
      synchronized (settled) {
        settled.notifyAll();
      }
    }
  }

  private void fail(Exception e, SourceEvent event) {
    if (failure.compareAndSet(null, new Failure(e, clock.millis() - event.pollMs()))) {
      producer.close(Duration.ZERO);
    }
  }

  /** Waits for acknowledgements until this holds, the time is over or a copy failed. */
  boolean await(BooleanSupplier done, Duration timeout) {
    long deadline = clock.millis() + timeout.toMillis();
    try {
      synchronized (settled) {
        awaited = true;
        while (!done.getAsBoolean()) {
          long left = deadline - clock.millis();
          if (left <= 0 || failure.get() != null) {
            return false;
          }
          waiting.await(settled, left);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      awaited = false;
    }
  }

  /** Closes as after a failure: nothing that is not on its way yet will be written. */
  void stop(String why) {
    if (failure.compareAndSet(null, new Failure(new PumpStoppedException(why), 0))) {
      producer.close(Duration.ZERO);
    }
  }

  long inFlightBytes() {
    return inFlightBytes.get();
  }

  /** Whether the lanes have taken anything from it. */
  boolean hasAcknowledged() {
    return anyAcknowledged;
  }

  @Nullable Failure failure() {
    return failure.get();
  }

  /** Throws when a copy has failed. */
  void check() {
    if (failure.get() != null) {
      throw stopped();
    }
  }

  private PumpStoppedException stopped() {
    Failure first = failure.get();
    if (first == null) {
      return new PumpStoppedException("the producer is closed");
    }
    return new PumpStoppedException(
        "a delivery was not written: " + first.cause().getMessage(), first.cause());
  }

  /** Stops at once: what is not on its way stays unsent. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
