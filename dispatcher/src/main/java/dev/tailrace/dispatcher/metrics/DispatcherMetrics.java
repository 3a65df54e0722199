package dev.tailrace.dispatcher.metrics;

import dev.tailrace.dispatcher.ingress.IngressForm;
import dev.tailrace.v1.DeadLetter.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * What the dispatcher counts, for Prometheus.
 *
 * <p>Threading: any.
 */
public final class DispatcherMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Counter routed =
      counter("tailrace.dispatcher.records.routed", "Ingress records that became deliveries");
  private final Counter deliveries =
      counter("tailrace.dispatcher.deliveries", "Records sent to the lanes");
  private final Counter skipped =
      counter(
          "tailrace.dispatcher.deliveries.skipped",
          "Records not sent since the lanes were seen to hold them");
  private final Counter upstreamGaps =
      counter(
          "tailrace.dispatcher.upstream.gaps", "Times that ingress had lost undispatched events");
  private final Counter restarts =
      counter("tailrace.dispatcher.restarts", "Times that a pump started again from its commit");

  /** Without a histogram: of the two that each event would be put into one tells enough. */
  private final Timer latency =
      Timer.builder("tailrace.dispatcher.latency")
          .description("From the poll that read an event to the acknowledgement of its last copy")
          .register(registry);

  private final Timer dispatchLatency =
      Timer.builder("tailrace.dispatcher.dispatch.latency")
          .description(
              "From the time of an ingress record to the acknowledgement of its last copy; clocks"
                  + " of producers count")
          .publishPercentileHistogram()
          .minimumExpectedValue(Duration.ofMillis(1))
          .maximumExpectedValue(Duration.ofSeconds(20))
          .register(registry);
  private final DistributionSummary recordsPerEvent =
      DistributionSummary.builder("tailrace.dispatcher.records.per.event")
          .description("Lane records that an event became")
          .register(registry);
  private final Map<IngressForm, Counter> read = new EnumMap<>(IngressForm.class);
  private final Map<Reason, Counter> deadLetters = new EnumMap<>(Reason.class);

  /** With a registry of its own. */
  public DispatcherMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
    for (IngressForm form : IngressForm.values()) {
      read.put(
          form,
          Counter.builder("tailrace.dispatcher.records.read")
              .description("Ingress records read, by their form, whatever became of them")
              .tag("form", form.label())
              .register(registry));
    }
    for (Reason reason : Reason.values()) {
      if (reason != Reason.UNRECOGNIZED && reason != Reason.REASON_UNSPECIFIED) {
        deadLetters.put(
            reason,
            Counter.builder("tailrace.dispatcher.dead.letters")
                .description("Ingress records that could not be routed")
                .tag("reason", label(reason))
                .register(registry));
      }
    }
  }

  private static String label(Reason reason) {
    return reason.name().substring("REASON_".length()).toLowerCase(Locale.ROOT);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** A value that is read when asked for. */
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble).description(description).register(registry);
  }

  /** The same for one word of a closed list. */
  public void gaugeOf(
      String name, String description, String label, String word, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble)
        .description(description)
        .tag(label, word)
        .register(registry);
  }

  /** A count that only grows, read when asked for of something that others keep alive. */
  public <T> void count(String name, String description, T of, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, of, value).description(description).register(registry);
  }

  /** Shows a consumer's own figures, until the result is closed. */
  public AutoCloseable bind(Consumer<?, ?> consumer) {
    return bind(new KafkaClientMetrics(consumer));
  }

  /** Shows a producer's own figures, until the result is closed. */
  public AutoCloseable bind(Producer<?, ?> producer) {
    return bind(new KafkaClientMetrics(producer));
  }

  private AutoCloseable bind(KafkaClientMetrics client) {
    client.bindTo(registry);
    return client;
  }

  /** A record of this form is about to be routed. */
  public void onRead(IngressForm form) {
    Counter counter = read.get(form);
    if (counter != null) {
      counter.increment();
    }
  }

  /** A record became so many deliveries. */
  public void onRouted(int records) {
    routed.increment();
    recordsPerEvent.record(records);
  }

  /** A delivery was handed to the producer. */
  public void onDelivery() {
    deliveries.increment();
  }

  /** A delivery was in the lanes already. */
  public void onSkipped() {
    skipped.increment();
  }

  /** A record could not be routed. */
  public void onDeadLetter(Reason reason) {
    Counter counter = deadLetters.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Ingress had lost events before they were dispatched. */
  public void onUpstreamGap() {
    upstreamGaps.increment();
  }

  /**
   * All copies of an event are in the lanes.
   *
   * @param sincePollMs so long after the poll that read it
   * @param sinceRecordMs so long after the time of its ingress record
   */
  public void onAcknowledged(long sincePollMs, long sinceRecordMs) {
    latency.record(Math.max(0, sincePollMs), TimeUnit.MILLISECONDS);
    dispatchLatency.record(Math.max(0, sinceRecordMs), TimeUnit.MILLISECONDS);
  }

  /** A pump starts again. */
  public void onRestart() {
    restarts.increment();
  }

  /** Ingress records read, of whatever form. */
  public long recordsRead() {
    return (long) read.values().stream().mapToDouble(Counter::count).sum();
  }

  /** Ingress records that became deliveries. */
  public long recordsRouted() {
    return (long) routed.count();
  }

  /** Records sent to the lanes. */
  public long deliveries() {
    return (long) deliveries.count();
  }

  /** Ingress records that could not be routed, by reason; of reasons that there were. */
  public Map<String, Long> deadLetters() {
    Map<String, Long> counts = new TreeMap<>();
    deadLetters.forEach(
        (reason, counter) -> {
          if (counter.count() > 0) {
            counts.put(label(reason), (long) counter.count());
          }
        });
    return counts;
  }

  /** Times that ingress had lost undispatched events. */
  public long upstreamGaps() {
    return (long) upstreamGaps.count();
  }

  /** Times that a pump started again. */
  public long restarts() {
    return (long) restarts.count();
  }

  /** Everything, in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
