package dev.tailrace.infra.local;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes plausible events, so that a newcomer sees something happen: a producer like any other,
 * that knows nothing of Tailrace but the Event message and the topic's name.
 *
 * <p>Threading: writes on a thread of its own.
 */
final class SampleProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SampleProducer.class);
  private static final int TICKS_AT_MOST_PER_SECOND = 100;

  private final Producer<byte[], byte[]> producer;
  private final SampleEvents events;
  private final String topic;
  private final Clock clock;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("sample-producer").unstarted(task));

  SampleProducer(
      Producer<byte[], byte[]> producer, String topic, SampleEvents events, Clock clock) {
    this.producer = producer;
    this.topic = topic;
    this.events = events;
    this.clock = clock;
  }

  /** Starts writing to this ingress topic, so many events a second. */
  static SampleProducer start(String bootstrapServers, String topic, int rate) {
    SampleProducer samples =
        new SampleProducer(
            new KafkaProducer<>(
                Map.of(
                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                    bootstrapServers,
                    ProducerConfig.CLIENT_ID_CONFIG,
                    "tailrace-sample",
                    ProducerConfig.LINGER_MS_CONFIG,
                    0),
                new ByteArraySerializer(),
                new ByteArraySerializer()),
            topic,
            new SampleEvents(RandomGenerator.getDefault()),
            Clock.systemUTC());
    int ticks = Math.min(rate, TICKS_AT_MOST_PER_SECOND);
    int perTick = rate / ticks;
    var _ =
        samples.ticker.scheduleAtFixedRate(
            () -> samples.tick(perTick), 0, 1_000_000L / ticks, TimeUnit.MICROSECONDS);
    return samples;
  }

  /** A tick that throws would be the last one. */
  private void tick(int count) {
    try {
      write(count);
    } catch (KafkaException e) {
      if (!ticker.isShutdown()) {
        LOG.warn("sample events were not written: {}", e.getMessage());
      }
    }
  }

  /** Writes the next few events. */
  void write(int count) {
    for (int i = 0; i < count; i++) {
      Instant now = clock.instant();
      Event event =
          events.next().toBuilder()
              .setTime(
                  Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
              .build();
      var _ =
          producer.send(
              new ProducerRecord<>(topic, AddressKey.of(event), event.toByteArray()),
              (written, failure) -> {
                if (failure != null) {
                  LOG.warn("a sample event was not written: {}", failure.getMessage());
                }
              });
    }
  }

  @Override
  public void close() {
    ticker.shutdownNow();
    producer.close(Duration.ofSeconds(1));
  }
}
