package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.support.tracing.Tracing;

/**
 * An edge's traces, and what is counted of them.
 *
 * <p>Threading: stateless.
 */
final class EdgeTracing {
  private EdgeTracing() {}

  /** Those of this edge. */
  static Tracing start(EdgeConfig config, FleetProcess process, EdgeMetrics metrics) {
    Tracing tracing =
        Tracing.start(config.tracing(), "tailrace-edge", process.name(), EdgeClock.SYSTEM);
    metrics.tracing().show(tracing, Tracing::exported, Tracing::dropped);
    return tracing;
  }
}
