package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.FatalErrorHandler;
import dev.tailrace.edge.control.ControlFollower;
import dev.tailrace.edge.control.ControlListener;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.edge.metrics.ControlMetrics;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators have revoked, as this edge knows it.
 *
 * <p>Threading: started and closed by one thread; the rest from any.
 */
final class EdgeControl implements Supplier<Revocations>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeControl.class);
  private static final String FOLLOWER = "edge-control";
  private static final Duration WAIT = Duration.ofSeconds(5);

  private final ControlFollower follower;

  /** Begins to read the topic. */
  EdgeControl(KafkaSettings kafka, ControlMetrics metrics, ControlListener listener) {
    this.follower =
        ControlFollower.start(
            kafka, FOLLOWER, EdgeClock.SYSTEM, listener, FatalErrorHandler.HALT::onUncaught);
    metrics.show(() -> get().count(), follower::ignored, follower::silenceMs);
  }

  /**
   * Waits until all is known that was in the topic: nobody is to be let in before.
   *
   * @throws IllegalStateException when the edge is stopped meanwhile
   */
  void awaitCurrent(TopologyDiscovery discovery) throws InterruptedException {
    discovery.waiting("reading " + Topics.CONTROL);
    while (!follower.awaitCurrent(WAIT)) {
      LOG.info("waiting: {} is not read yet", Topics.CONTROL);
      if (discovery.isStopped()) {
        throw new IllegalStateException("stopped before it was known what is revoked");
      }
    }
  }

  @Override
  public Revocations get() {
    return follower.get();
  }

  /** For the dump. */
  String describe() {
    return "revoked: %s%nrecords passed over %d, all known %d ms ago%n"
        .formatted(get(), follower.ignored(), follower.silenceMs());
  }

  @Override
  public void close() {
    follower.close();
  }
}
