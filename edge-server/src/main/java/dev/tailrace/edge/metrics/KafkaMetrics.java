package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Shows what Kafka's own clients count. Not by partition or broker: that would be some ten series
 * more for each partition that somebody here follows.
 *
 * <p>Threading: any thread.
 */
public final class KafkaMetrics implements AutoCloseable {
  private static final String PREFIX = "kafka.";

  private final MeterRegistry registry;
  private final Map<String, KafkaClientMetrics> shown = new ConcurrentHashMap<>();
  private final ScheduledExecutorService refresh =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("edge-metrics").daemon().factory());

  KafkaMetrics(MeterRegistry registry) {
    this.registry = registry;
    registry.config().meterFilter(MeterFilter.deny(KafkaMetrics::isOfOnePart));
  }

  private static boolean isOfOnePart(Meter.Id id) {
    return id.getName().startsWith(PREFIX)
        && (id.getTag("partition") != null || id.getTag("node.id") != null);
  }

  /** Shows a consumer from now on, in the place of any other of that name. */
  public void show(String name, Consumer<?, ?> consumer) {
    replace(name, new KafkaClientMetrics(consumer, List.of(), refresh));
  }

  /** Shows a producer from now on, in the place of any other of that name. */
  public void show(String name, Producer<?, ?> producer) {
    replace(name, new KafkaClientMetrics(producer, List.of(), refresh));
  }

  private void replace(String name, KafkaClientMetrics metrics) {
    KafkaClientMetrics before = shown.put(name, metrics);
    if (before != null) {
      before.close();
    }
    metrics.bindTo(registry);
  }

  @Override
  public void close() {
    refresh.shutdownNow();
    shown.values().forEach(KafkaClientMetrics::close);
  }
}
