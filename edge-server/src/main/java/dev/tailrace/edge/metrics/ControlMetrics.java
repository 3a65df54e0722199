package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/**
 * Counts what is revoked, and what was taken from connections for that. The connections that ended
 * are among those of {@link ConnectionMetrics}, by reason.
 *
 * <p>Threading: any thread.
 */
public final class ControlMetrics {
  private final MeterRegistry registry;
  private final Counter withdrawn;
  private volatile Supplier<Number> ignored = () -> 0;

  ControlMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.withdrawn =
        Counter.builder(MeterNames.WITHDRAWN)
            .description("Channels taken from connections that may not follow them any more")
            .register(registry);
    // The registry holds this object weakly: it is its owner who keeps it.
    FunctionCounter.builder(MeterNames.CONTROL_IGNORED, this, ControlMetrics::ignoredCount)
        .description("Records of tailrace.control that said nothing that this edge knows")
        .register(registry);
  }

  /** A channel was taken from a connection. */
  public void withdrawn() {
    withdrawn.increment();
  }

  /**
   * Shows what is known of the topic, as these tell when they are asked.
   *
   * @param silenceMs since all of it was known
   */
  public void show(Supplier<Number> held, Supplier<Number> ignored, Supplier<Number> silenceMs) {
    Gauge.builder(MeterNames.REVOCATIONS, held)
        .description("Revocations that hold")
        .register(registry);
    Gauge.builder(MeterNames.CONTROL_SILENCE, () -> silenceMs.get().doubleValue() / 1_000)
        .description("How long ago all was known that tailrace.control held then")
        .baseUnit("seconds")
        .register(registry);
    this.ignored = ignored;
  }

  private double ignoredCount() {
    return ignored.get().doubleValue();
  }
}
