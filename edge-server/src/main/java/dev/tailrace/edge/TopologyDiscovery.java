package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.health.Readiness;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.tail.LaneTopology;
import dev.tailrace.support.kafka.KafkaUnreachableException;
import dev.tailrace.support.kafka.LoginAttempts;
import dev.tailrace.support.kafka.LoginRefusedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the lanes: an edge may be started before a dispatcher has created them. {@code /readyz}
 * says what is being waited for. A Kafka that says nothing is waited for a while only: whoever has
 * named a wrong one is to hear of it. Then it watches whether they are still the same: offsets of
 * lanes that were created anew mean something else, and only cursors with another tag say so.
 *
 * <p>Threading: {@link #await} on the starting thread; the watch on its own; the rest from any.
 */
final class TopologyDiscovery implements ReadinessCheck {
  private static final Logger LOG = LoggerFactory.getLogger(TopologyDiscovery.class);
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int ATTEMPTS_PER_WORD = 25;
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration WATCH = Duration.ofSeconds(5);

  private final Admin admin;
  private final String bootstrapServers;
  private final EdgeClock clock;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean recreated;
  private volatile @Nullable IntSupplier warming;
  private volatile @Nullable IntSupplier draining;
  private volatile Readiness readiness = Readiness.notReady("starting");

  /**
   * Nothing is asked yet.
   *
   * @param bootstrapServers where that client looks for Kafka
   */
  TopologyDiscovery(Admin admin, String bootstrapServers, EdgeClock clock) {
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
    this.clock = clock;
  }

  /**
   * The lanes, once they are there; null when stopped before that.
   *
   * @throws LoginRefusedException when Kafka does not let this process in, again and again
   * @throws KafkaUnreachableException when Kafka has said nothing for 30 s
   */
  @Nullable LaneTopology await() throws InterruptedException {
    LoginAttempts logins = new LoginAttempts();
    long heardMs = clock.monotonicMs();
    for (int attempt = 0; ; attempt++) {
      Duration pause = RETRY;
      try {
        return LaneTopology.describe(admin);
      } catch (LaneTopology.Unavailable e) {
        if (logins.onFailed(e.getCause())) {
          pause = LoginAttempts.PAUSE;
        }
        readiness = Readiness.notReady(String.valueOf(e.getMessage()));
        if (!e.isSilent()) {
          heardMs = clock.monotonicMs();
        } else if (clock.monotonicMs() - heardMs >= SILENCE.toMillis()) {
          throw new KafkaUnreachableException(bootstrapServers, SILENCE);
        }
        if (attempt % ATTEMPTS_PER_WORD == 0) {
          LOG.info("waiting: {}", e.getMessage());
        }
      }
      if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
    }
  }

  /**
   * Asks for the lanes every few seconds, until they are no longer those.
   *
   * @param onRecreated hears of that, once
   */
  void watch(LaneTopology known, Runnable onRecreated) {
    Thread.ofVirtual().name("edge-topology").start(() -> watchUntilStopped(known, onRecreated));
  }

  private void watchUntilStopped(LaneTopology known, Runnable onRecreated) {
    try {
      while (!stopped.await(WATCH.toMillis(), TimeUnit.MILLISECONDS)) {
        if (isAnother(known)) {
          LOG.error(
              "the lanes were created anew: cursors and what is in memory mean nothing in them,"
                  + " this edge must be started again");
          recreated = true;
          onRecreated.run();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAnother(LaneTopology known) throws InterruptedException {
    try {
      return !LaneTopology.describe(admin).tag().equals(known.tag());
    } catch (LaneTopology.Unavailable e) {
      return false; // an outage, or they are about to be created
    }
  }

  /** Whether the lanes are no longer those that it began with. */
  boolean areRecreated() {
    return recreated;
  }

  /** The edge cannot serve yet, and why. */
  void waiting(String why) {
    readiness = Readiness.notReady(why);
  }

  /** Whether it is not to serve any more. */
  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** The edge reads so many partitions back; some are left. */
  void warming(IntSupplier left, int partitions) {
    readiness = Readiness.notReady("reading %d lane partitions back".formatted(partitions));
    warming = left;
  }

  /** The edge serves. */
  void serving() {
    warming = null;
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
    IntSupplier unread = warming;
    IntSupplier held = draining;
    Readiness now = readiness;
    if (recreated) {
      return Readiness.notReady("the lanes were created anew: it must be started again");
    }
    if (unread != null) {
      return Readiness.notReady(now.reason() + ", %d left".formatted(unread.getAsInt()));
    }
    return held == null || !now.ready()
        ? now
        : Readiness.notReady("draining, %d connections left".formatted(held.getAsInt()));
  }
}
