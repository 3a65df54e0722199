package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * Counts what became of the spans of traces.
 *
 * <p>Threading: any thread.
 */
public final class TracingMetrics {
  private final MeterRegistry registry;

  TracingMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows the counts of something that others keep alive. */
  public <T> void show(T of, ToDoubleFunction<T> exported, ToDoubleFunction<T> dropped) {
    FunctionCounter.builder(MeterNames.SPANS_EXPORTED, of, exported)
        .description("Spans that the collector has taken")
        .register(registry);
    FunctionCounter.builder(MeterNames.SPANS_DROPPED, of, dropped)
        .description(
            "Spans that are lost: there was no room for them, or the collector did not take them")
        .register(registry);
  }
}
