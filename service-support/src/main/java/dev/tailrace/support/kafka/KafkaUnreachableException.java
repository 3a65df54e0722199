package dev.tailrace.support.kafka;

import java.time.Duration;

/** Kafka has not answered for some time; the message says where it was looked for. */
public final class KafkaUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** That it did not within this time. */
  public KafkaUnreachableException(String bootstrapServers, Duration within) {
    super(KafkaErrors.unreachable(bootstrapServers, within));
  }
}
