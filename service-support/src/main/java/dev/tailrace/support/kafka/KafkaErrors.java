package dev.tailrace.support.kafka;

import org.apache.kafka.common.KafkaException;

/**
 * What Kafka's clients say when they cannot be made.
 *
 * <p>Threading: stateless.
 */
public final class KafkaErrors {
  private KafkaErrors() {}

  /** The message, for Kafka's clients with those of the causes: only there is what is wrong. */
  public static String explain(Exception e) {
    if (e.getClass() != KafkaException.class) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    }
    StringBuilder text = new StringBuilder(String.valueOf(e.getMessage()));
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      text.append(": ").append(cause.getMessage());
    }
    return text.toString();
  }
}
