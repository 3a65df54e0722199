package dev.tailrace.edge.console;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.kafka.TopicFollower;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code tailrace.fleet} while somebody looks, and for a minute after: what nobody looks at
 * costs nothing.
 *
 * <p>Threading: any thread; a thread of its own owns the consumer and fills the view. The lock is
 * held for a look-up only.
 */
public final class FleetFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetFollower.class);
  private static final String NAME = "edge-fleet";
  private static final long LINGER_MS = 60_000;

  /** As far back as is shown: a silent process for its lease and a minute. */
  private static final Duration BACK = Duration.ofSeconds(90);

  private record Following(FleetView view, AutoCloseable follower) {}

  private final Function<FleetView, AutoCloseable> followers;
  private final EdgeClock clock;

  @GuardedBy("this")
  private @Nullable Following following;

  @GuardedBy("this")
  private long lookedAtMs;

  @GuardedBy("this")
  private boolean closed;

  /**
   * One that does not follow yet.
   *
   * @param followers starts to fill a view, until it is closed
   */
  FleetFollower(Function<FleetView, AutoCloseable> followers, EdgeClock clock) {
    this.followers = followers;
    this.clock = clock;
  }

  /** One that does not follow yet. When its thread ends of an error, the edge goes on without. */
  public static FleetFollower of(KafkaSettings kafka, EdgeClock clock) {
    return reading(TopicFollower.consumers(kafka, NAME), clock);
  }

  /** The same, by these consumers. */
  static FleetFollower reading(Supplier<Consumer<byte[], byte[]>> consumers, EdgeClock clock) {
    return new FleetFollower(
        view -> {
          TopicFollower follower =
              new TopicFollower(NAME, Topics.FLEET, consumers, new Reading(view, clock), BACK);
          follower.start(
              (_, failure) -> LOG.error("the fleet is no longer followed for now", failure));
          return follower;
        },
        clock);
  }

  private record Reading(FleetView view, EdgeClock clock) implements TopicFollower.Reader {
    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
      view.onRecord(one.key(), one.value(), old ? clock.millis() - one.timestamp() : 0);
    }

    @Override
    public void onTurn(boolean caughtUp, long askedMs) {
      view.onTurn(caughtUp);
    }
  }

  /** Somebody looks: it follows, and what it knows by now is there. */
  synchronized FleetView look() {
    lookedAtMs = clock.monotonicMs();
    Following now = following;
    if (now == null) {
      FleetView view = new FleetView(clock::monotonicMs);
      now = new Following(view, closed ? () -> {} : followers.apply(view));
      following = now;
    }
    return now.view;
  }

  /** Stops following when nobody has looked for a minute; to be called now and then. */
  void turn() {
    Following idle;
    synchronized (this) {
      if (following == null || clock.monotonicMs() - lookedAtMs < LINGER_MS) {
        return;
      }
      idle = following;
      following = null;
    }
    Thread.ofVirtual().name(NAME + "-close").start(() -> close(idle));
  }

  /** Whether it follows now. */
  synchronized boolean isFollowing() {
    return following != null;
  }

  @Override
  public void close() {
    Following last;
    synchronized (this) {
      closed = true;
      last = following;
      following = null;
    }
    if (last != null) {
      close(last);
    }
  }

  private static void close(Following one) {
    try {
      one.follower.close();
    } catch (Exception e) {
      throw new IllegalStateException("it could not be closed", e);
    }
  }
}
