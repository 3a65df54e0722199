package dev.tailrace.edge;

import dev.tailrace.edge.health.Readiness;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.tail.LaneTopology;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the lanes: an edge may be started before Kafka is there, or before a dispatcher has
 * created them. {@code /readyz} says what is being waited for.
 *
 * <p>Threading: {@link #await} on the starting thread; the rest from any.
 */
final class TopologyDiscovery implements ReadinessCheck {
  private static final Logger LOG = LoggerFactory.getLogger(TopologyDiscovery.class);
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int ATTEMPTS_PER_WORD = 25;

  private final Admin admin;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable IntSupplier draining;
  private volatile Readiness readiness = Readiness.notReady("starting");

  TopologyDiscovery(Admin admin) {
    this.admin = admin;
  }

  /** The lanes, once they are there; null when stopped before that. */
  @Nullable LaneTopology await() throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      try {
        return LaneTopology.describe(admin);
      } catch (LaneTopology.Unavailable e) {
        readiness = Readiness.notReady(String.valueOf(e.getMessage()));
        if (attempt % ATTEMPTS_PER_WORD == 0) {
          LOG.info("waiting: {}", e.getMessage());
        }
      }
      if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
    }
  }

  /** The edge serves. */
  void serving() {
    readiness = Readiness.ok("serving");
  }

  /** The edge serves those it has, and wants no others. */
  void draining(IntSupplier connections) {
    draining = connections;
  }

  /** The edge stops, or gives up waiting. */
  void stop() {
    readiness = Readiness.notReady("stopping");
    stopped.countDown();
  }

  @Override
  public String name() {
    return "edge";
  }

  @Override
  public Readiness check() {
    IntSupplier left = draining;
    Readiness now = readiness;
    return left == null || !now.ready()
        ? now
        : Readiness.notReady("draining, %d connections left".formatted(left.getAsInt()));
  }
}
