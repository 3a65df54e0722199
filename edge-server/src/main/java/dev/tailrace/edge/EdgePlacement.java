package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.metrics.PlacementMetrics;
import dev.tailrace.edge.placement.EdgeAnnouncer;
import dev.tailrace.edge.placement.PlacementConfig;
import dev.tailrace.edge.tail.PartitionTailProxy;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.placement.EdgesFollower;
import dev.tailrace.support.placement.Placement;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This edge among the others: what it knows of them, and what it says of itself.
 *
 * <p>Threading: started and closed by one thread; the rest from any.
 */
final class EdgePlacement implements AutoCloseable {
  private static final String FOLLOWER = "edge-directory";

  private final KafkaSettings kafka;
  private final PlacementConfig config;
  private final PlacementMetrics metrics;
  private final Supplier<SlotMaps> slots;
  private final EdgesFollower follower;
  private volatile @Nullable EdgeAnnouncer announcer;
  private boolean closed;

  /** Follows the others from now on, and says nothing yet. */
  EdgePlacement(
      KafkaSettings kafka,
      PlacementConfig config,
      Supplier<SlotMaps> slots,
      PlacementMetrics metrics) {
    this.kafka = kafka;
    this.config = config;
    this.metrics = metrics;
    this.slots = slots;
    this.follower =
        EdgesFollower.start(
            kafka, FOLLOWER, slots, EdgeClock.SYSTEM, FatalErrorHandler.HALT::onUncaught);
    metrics.showEdges(() -> follower.placement().edges(), follower::ignored, follower::silenceMs);
  }

  /** From now on clients may be sent here, if there is a URL to send them to. */
  synchronized void announce(IntSupplier connections, PartitionTailProxy tail) {
    if (config.isAnnounced() && !closed) {
      announcer =
          EdgeAnnouncer.start(
              kafka,
              config,
              UUID.randomUUID().toString(),
              new EdgeAnnouncer.Doings(connections, () -> userPartitions(tail.partitions())),
              EdgeClock.SYSTEM,
              metrics);
    }
  }

  private Set<Integer> userPartitions(Set<LanePartition> followed) {
    List<LanePartition> present = slots.get().settled().present(Lane.USERS);
    return followed.stream()
        .map(present::indexOf)
        .filter(place -> place >= 0)
        .collect(Collectors.toSet());
  }

  /** What is known of the edges now. */
  Placement current() {
    return follower.placement();
  }

  /** From now on no client is to be sent here. */
  void draining() {
    EdgeAnnouncer announcing = announcer;
    if (announcing != null) {
      announcing.draining();
    }
  }

  /** This edge is none any more. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    EdgeAnnouncer announcing = announcer;
    if (announcing != null) {
      announcing.close();
    }
    follower.close();
  }
}
