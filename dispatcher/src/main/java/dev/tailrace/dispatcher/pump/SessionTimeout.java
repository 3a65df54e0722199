package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After how long of silence the group gives a pump's partitions to another: what is wanted, as far
 * as the brokers allow it. Where they do not say what they allow it is tried, and after a refusal
 * Kafka's default limits are taken for theirs.
 *
 * <p>Threading: any thread; the first to ask waits for the brokers.
 */
public final class SessionTimeout {
  private static final Logger LOG = LoggerFactory.getLogger(SessionTimeout.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<@Nullable GroupLimits> limits;
  private final Duration wanted;
  private @Nullable Duration allowed;
  private boolean refused;

  SessionTimeout(Supplier<@Nullable GroupLimits> limits, Duration wanted) {
    this.limits = limits;
    this.wanted = wanted;
  }

  /** One that asks these brokers. */
  public static SessionTimeout within(Admin admin, Duration wanted) {
    return new SessionTimeout(() -> GroupLimits.read(admin, PATIENCE), wanted);
  }

  /** To ask the group for. */
  public synchronized Duration allowed() {
    if (allowed == null) {
      allowed = find();
    }
    return allowed;
  }

  /** The group let nobody in with it: the brokers are asked again. */
  public synchronized void onRefused() {
    refused = true;
    allowed = null;
  }

  private Duration find() {
    GroupLimits known = limits.get();
    GroupLimits assumed = refused ? GroupLimits.DEFAULTS : new GroupLimits(wanted, wanted);
    Duration found = (known == null ? assumed : known).nearest(wanted);
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
    return found;
  }
}
