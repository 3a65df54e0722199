package dev.tailrace.edge.publish;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.limit.RateLimiter;
import dev.tailrace.edge.metrics.PublishMetrics;
import dev.tailrace.edge.publish.PublishResult.RefusalReason;
import dev.tailrace.edge.publish.PublishResult.Refused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often one publisher may publish, whatever his events come by. Whoever has a user is one
 * publisher with all of that user's tokens; without a user each token that has an id is one, and
 * all others together are one, apart from those who came without a token.
 *
 * <p>Threading: any thread.
 */
public final class PublishRate {
  private static final int MAX_PUBLISHERS = 1 << 16;

  private final PublishConfig config;
  private final PublishMetrics metrics;
  private final RateLimiter<Publisher> limiter;

  private record Publisher(@Nullable String user, @Nullable String tokenId, boolean anonymous) {
    static Publisher of(Identity identity) {
      String user = identity.user();
      return new Publisher(
          user, user == null ? identity.tokenId() : null, user == null && identity.anonymous());
    }
  }

  /** That of a configuration; nobody has published yet. */
  public PublishRate(PublishConfig config, PublishMetrics metrics, EdgeClock clock) {
    this.config = config;
    this.metrics = metrics;
    this.limiter = new RateLimiter<>(config.userRate(), config.userBurst(), MAX_PUBLISHERS, clock);
  }

  /** Counts one more of this publisher; null when he may publish it. */
  @Nullable Refused refusal(Identity publisher) {
    Duration wait = limiter.take(Publisher.of(publisher));
    if (wait.isZero()) {
      return null;
    }
    metrics.refused(RefusalReason.RATE_LIMITED.code());
    String detail =
        "more than %,d events a second, and %,d at once: this one was not written"
            .formatted(config.userRate(), config.userBurst());
    return new Refused(RefusalReason.RATE_LIMITED, detail, wait);
  }
}
