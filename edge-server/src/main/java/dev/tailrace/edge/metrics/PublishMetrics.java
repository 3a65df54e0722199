package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;

/**
 * Counts what clients publish.
 *
 * <p>Threading: any thread.
 */
public final class PublishMetrics {
  private final MeterRegistry registry;
  private final KafkaMetrics kafka;
  private final Counter published;
  private final Timer latency;

  PublishMetrics(MeterRegistry registry, KafkaMetrics kafka) {
    this.registry = registry;
    this.kafka = kafka;
    this.published =
        Counter.builder(MeterNames.PUBLISHED)
            .description("Published events that Kafka acknowledged")
            .register(registry);
    this.latency =
        Timer.builder(MeterNames.PUBLISH_LATENCY)
            .description("From taking a published event to Kafka's acknowledgement")
            .serviceLevelObjectives(
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(2))
            .register(registry);
  }

  /** Shows this producer's own figures in the place of the last one's; returns it. */
  public <P extends Producer<?, ?>> P show(P producer) {
    kafka.show("publish", producer);
    return producer;
  }

  /** Kafka holds an event that was taken so long ago. */
  public void acknowledged(Duration after) {
    published.increment();
    latency.record(after);
  }

  /** An event was not written, for this reason of the closed list. */
  public void refused(String reason) {
    refusedOf(reason).increment();
  }

  /** This reason is shown before any was refused for it: an alarm sees no rise to a first count. */
  public void expectRefused(String reason) {
    refusedOf(reason);
  }

  private Counter refusedOf(String reason) {
    return registry.counter(MeterNames.PUBLISH_REFUSED, MeterNames.REASON, reason);
  }

  long publishedCount() {
    return (long) published.count();
  }
}
