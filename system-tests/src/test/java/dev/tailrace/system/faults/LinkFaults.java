package dev.tailrace.system.faults;

import dev.tailrace.testing.Link;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Links that hold back, trickle and reset what passes.
 *
 * <p>Threading: constants.
 */
final class LinkFaults {
  private static final Duration WHILE = Duration.ofSeconds(5);

  /** Longer than requests wait, and than a dispatcher may do without a commit. */
  private static final Duration LONG = Duration.ofSeconds(15);

  private static final int TRICKLE_BYTES_PER_SECOND = 4_000;
  private static final int RESETS = 3;

  private LinkFaults() {}

  /** The links that something happens to. */
  private interface Which extends Function<FaultCluster, List<Link>> {}

  private static Fault stalled(String name, Which which, Duration time) {
    return Fault.of(
            "%s stalled for %d s".formatted(name, time.toSeconds()),
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              which.apply(cluster).forEach(Link::stall);
              Thread.sleep(time);
              which.apply(cluster).forEach(Link::heal);
            })
        .keepingConnections();
  }

  private static Fault trickling(String name, Which which) {
    return Fault.of(
            "%s trickling for %d s".formatted(name, WHILE.toSeconds()),
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              which.apply(cluster).forEach(link -> link.trickle(TRICKLE_BYTES_PER_SECOND));
              Thread.sleep(WHILE);
              which.apply(cluster).forEach(Link::heal);
            })
        .keepingConnections();
  }

  private static Fault reset(String name, Which which) {
    return Fault.of(
        "%s reset, %d times".formatted(name, RESETS),
        (cluster, crowd, stage) -> {
          stage.countsFromNow();
          for (int i = 0; i < RESETS; i++) {
            which.apply(cluster).forEach(Link::reset);
            crowd.awaitNewsEverywhere();
          }
        });
  }

  /** One edge hears nothing of Kafka, nor Kafka of it. */
  static Fault edgeStalled(Duration time) {
    return stalled("an edge's links to Kafka", FaultCluster::edgeLinks, time);
  }

  static List<Fault> all() {
    return List.of(
        stalled("a dispatcher's links to Kafka", FaultCluster::dispatcherLinks, WHILE),
        stalled("a dispatcher's links to Kafka", FaultCluster::dispatcherLinks, LONG),
        trickling("a dispatcher's links to Kafka", FaultCluster::dispatcherLinks),
        reset("a dispatcher's links to Kafka", FaultCluster::dispatcherLinks).keepingConnections(),
        edgeStalled(WHILE),
        edgeStalled(LONG),
        trickling("an edge's links to Kafka", FaultCluster::edgeLinks),
        reset("an edge's links to Kafka", FaultCluster::edgeLinks).keepingConnections(),
        stalled("clients' links", FaultCluster::doors, WHILE),
        trickling("clients' links", FaultCluster::doors),
        reset("clients' links", FaultCluster::doors));
  }
}
