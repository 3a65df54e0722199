package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Everything that this edge counts, and the JVM's and Kafka's own figures beside it. The only
 * public class that knows the registry; the others offer plain methods.
 *
 * <p>Threading: any thread.
 */
public final class EdgeMetrics implements AutoCloseable {
  /** The media type of {@link #scrape}. */
  public static final String SCRAPE_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final KafkaMetrics kafka;
  private final ConnectionMetrics connections;
  private final DeliveryMetrics delivery;
  private final DeliveryLatency latency;
  private final TailMetrics tail;
  private final CatchUpMetrics catchUp;
  private final PublishMetrics publish;
  private final PlacementMetrics placement;
  private final ControlMetrics control;
  private final AuthMetrics auth;
  private final TracingMetrics tracing;

  /** With a registry of its own. */
  public EdgeMetrics() {
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    this.kafka = new KafkaMetrics(registry);
    this.connections = new ConnectionMetrics(registry);
    this.delivery = new DeliveryMetrics(registry);
    this.latency = new DeliveryLatency(registry.getPrometheusRegistry());
    this.tail = new TailMetrics(registry);
    this.catchUp = new CatchUpMetrics(registry);
    this.publish = new PublishMetrics(registry, kafka);
    this.placement = new PlacementMetrics(registry);
    this.control = new ControlMetrics(registry);
    this.auth = new AuthMetrics(registry);
    this.tracing = new TracingMetrics(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /**
   * Shows how this edge stands, as these tell when they are asked.
   *
   * @param epochMs what its clock says: beside the time of the scrape it tells how wrong that is
   */
  public void showEdge(BooleanSupplier ready, LongSupplier epochMs) {
    Gauge.builder(MeterNames.READY, () -> ready.getAsBoolean() ? 1 : 0)
        .description("1 when clients may be sent here")
        .register(registry);
    Gauge.builder(MeterNames.CLOCK, () -> epochMs.getAsLong() / 1_000.0)
        .description("What the clock of this machine says, since the epoch")
        .baseUnit("seconds")
        .register(registry);
  }

  /** Those of connections. */
  public ConnectionMetrics connections() {
    return connections;
  }

  /** Those of deliveries. */
  public DeliveryMetrics delivery() {
    return delivery;
  }

  /** How long deliveries are under way. */
  public DeliveryLatency latency() {
    return latency;
  }

  /** Those of the tails. */
  public TailMetrics tail() {
    return tail;
  }

  /** Those of catch-up. */
  public CatchUpMetrics catchUp() {
    return catchUp;
  }

  /** Those of published events. */
  public PublishMetrics publish() {
    return publish;
  }

  /** Those of announcements and of locate. */
  public PlacementMetrics placement() {
    return placement;
  }

  /** Those of what is revoked. */
  public ControlMetrics control() {
    return control;
  }

  /** Those of the keys of tokens. */
  public AuthMetrics auth() {
    return auth;
  }

  /** Those of traces. */
  public TracingMetrics tracing() {
    return tracing;
  }

  /** Those of Kafka's clients. */
  public KafkaMetrics kafka() {
    return kafka;
  }

  /** All of it in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  /** What has been counted since the start. */
  public MetricsSnapshot snapshot() {
    return new MetricsSnapshot(
        delivery.eventCount(),
        delivery.byteCount(),
        tail.recordCount(),
        publish.publishedCount(),
        delivery.gapCounts(),
        delivery.slowCounts(),
        connections.closedCounts());
  }

  @Override
  public void close() {
    kafka.close();
    gc.close();
    registry.close();
  }
}
