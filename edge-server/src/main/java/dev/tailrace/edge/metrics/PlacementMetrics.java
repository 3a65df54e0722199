package dev.tailrace.edge.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/**
 * Counts what this edge says of itself, what it knows of the others, and where it sends users.
 *
 * <p>Threading: any thread.
 */
public final class PlacementMetrics {
  private final MeterRegistry registry;
  private final Counter announced;
  private final Counter notAnnounced;
  private final Counter named;
  private final Counter nowhere;
  private volatile Supplier<Number> ignored = () -> 0;

  PlacementMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.announced =
        counter(MeterNames.ANNOUNCED, "Announcements of this edge that Kafka acknowledged");
    this.notAnnounced =
        counter(MeterNames.NOT_ANNOUNCED, "Announcements of this edge that Kafka did not take");
    this.named = located("edge");
    this.nowhere = located("nowhere");
    // The registry holds this object weakly: it is its owner who keeps it.
    FunctionCounter.builder(MeterNames.EDGES_IGNORED, this, PlacementMetrics::ignoredCount)
        .description("Records of tailrace.edges that were no announcements")
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  private Counter located(String answer) {
    return Counter.builder(MeterNames.LOCATED)
        .description("Answers of /v1/locate: an edge, or nowhere, when none is known")
        .tag(MeterNames.ANSWER, answer)
        .register(registry);
  }

  /** Kafka has an announcement. */
  public void announced() {
    announced.increment();
  }

  /** Kafka did not take an announcement. */
  public void notAnnounced() {
    notAnnounced.increment();
  }

  /**
   * A user was told where to go.
   *
   * @param toAnEdge or else that no edge is known
   */
  public void located(boolean toAnEdge) {
    (toAnEdge ? named : nowhere).increment();
  }

  /**
   * Shows what is known of the edges, as these tell when they are asked.
   *
   * @param silenceMs since any of them was heard
   */
  public void showEdges(
      Supplier<Number> known, Supplier<Number> ignored, Supplier<Number> silenceMs) {
    Gauge.builder(MeterNames.EDGES_KNOWN, known)
        .description("Edges that have announced themselves and whose lease holds")
        .register(registry);
    Gauge.builder(MeterNames.EDGES_SILENCE, () -> silenceMs.get().doubleValue() / 1_000)
        .description("How long no announcement of any edge was read")
        .baseUnit("seconds")
        .register(registry);
    this.ignored = ignored;
  }

  private double ignoredCount() {
    return ignored.get().doubleValue();
  }
}
