package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After how long of silence the group gives a pump's partitions to another: what is wanted, as far
 * as the brokers allow it. Where they do not say what they allow it is tried, after a refusal
 * Kafka's default, and after more of them twice as much each time.
 *
 * <p>Threading: any thread; the first to ask waits for the brokers.
 */
public final class SessionTimeout {
  private static final Logger LOG = LoggerFactory.getLogger(SessionTimeout.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<@Nullable GroupLimits> limits;
  private final Duration wanted;
  private Duration tried;
  private volatile @Nullable Duration allowed;

  SessionTimeout(Supplier<@Nullable GroupLimits> limits, Duration wanted) {
    this.limits = limits;
    this.wanted = wanted;
    this.tried = wanted;
  }

  /** One that asks these brokers. */
  public static SessionTimeout within(Admin admin, Duration wanted) {
    return new SessionTimeout(() -> GroupLimits.read(admin, PATIENCE), wanted);
  }

  /** One whose brokers do not say what they allow. */
  public static SessionTimeout untold(Duration wanted) {
    return new SessionTimeout(() -> null, wanted);
  }

  /** To ask the group for. */
  public Duration allowed() {
    Duration found = allowed;
    return found == null ? find() : found;
  }

  /** The same, or what is wanted while that is not known: for who cannot wait. */
  public Duration lastAllowed() {
    Duration found = allowed;
    return found == null ? wanted : found;
  }

  /** The group let nobody in with it: the brokers are asked again. */
  public synchronized void onRefused() {
    Duration least = GroupLimits.DEFAULTS.shortest();
    Duration more = tried.multipliedBy(2);
    tried = GroupLimits.DEFAULTS.nearest(more.compareTo(least) < 0 ? least : more);
    allowed = null;
  }

  private synchronized Duration find() {
    Duration before = allowed;
    if (before != null) {
      return before;
    }
    GroupLimits known = limits.get();
    Duration found = known == null ? tried : known.nearest(wanted);
    if (known == null) {
      LOG.warn(
          "the brokers do not say what their {} is: {} ms is asked for",
          GroupLimits.SHORTEST,
          found.toMillis());
    }
    LOG.info("another dispatcher takes over after {} ms of silence", found.toMillis());
    if (found.compareTo(wanted) > 0) {
      LOG.info(
          "for {} ms, set {}={} on all brokers",
          wanted.toMillis(),
          GroupLimits.SHORTEST,
          wanted.toMillis());
    }
    allowed = found;
    return found;
  }
}
