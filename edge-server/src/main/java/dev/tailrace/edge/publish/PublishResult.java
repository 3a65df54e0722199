package dev.tailrace.edge.publish;

import dev.tailrace.v1.DeadLetter;
import java.time.Duration;
import java.util.Locale;

/** What became of an event that a client published. */
public sealed interface PublishResult {
  /** Kafka holds it. */
  record Acknowledged(String id, int partition, long offset) implements PublishResult {}

  /** It breaks a rule of events; publishing it again will not help. */
  record Invalid(DeadLetter.Reason reason, String detail) implements PublishResult {}

  /**
   * The publisher has no grant for one of its addresses.
   *
   * @param name as a grant would name it: a channel, or {@code $user/<id>}
   */
  record Forbidden(String name) implements PublishResult {}

  /** The publisher's token was taken back. */
  record Revoked() implements PublishResult {}

  /**
   * It was not acknowledged.
   *
   * @param retryAfter when it makes sense to try again
   */
  record Refused(RefusalReason reason, String detail, Duration retryAfter)
      implements PublishResult {}

  /** Why an event was not acknowledged. */
  enum RefusalReason {
    /** Too many are waiting for Kafka. The event was not written. */
    BUSY,
    /** The publisher has published more than he may. The event was not written. */
    RATE_LIMITED,
    /** Kafka did not answer in time. Whether the event was written is not known. */
    TIMEOUT,
    /** Kafka refused it, or cannot be reached. */
    KAFKA,
    /** Kafka's topic takes no record of this size. */
    TOO_LARGE,
    /** This edge is stopping. The event was not written. */
    STOPPING;

    /** As it is shown to clients: {@code too_large}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
