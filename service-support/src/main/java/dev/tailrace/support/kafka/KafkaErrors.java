package dev.tailrace.support.kafka;

import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;

/**
 * What Kafka's clients say when they cannot be made.
 *
 * <p>Threading: stateless.
 */
public final class KafkaErrors {
  /** Kafka's parser of {@code sasl.jaas.config} quotes words of it, which may be a password's. */
  private static final Pattern OF_JAAS_CONFIG = Pattern.compile("JAAS config(?!uration)");

  private static final Pattern QUOTED = Pattern.compile("'.*'", Pattern.DOTALL);

  private KafkaErrors() {}

  /**
   * The message, for Kafka's clients with those of the causes: only there is what is wrong. Nothing
   * of a login's configuration is in it.
   */
  public static String explain(Exception e) {
    StringBuilder text = new StringBuilder(words(e));
    if (text.isEmpty()) {
      text.append(e);
    }
    if (e.getClass() == KafkaException.class) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        String words = words(cause);
        text.append(words.isEmpty() ? "" : ": ").append(words);
      }
    }
    return text.toString();
  }

  /** That Kafka did not answer at all, and what to do about it. */
  public static String unreachable(String bootstrapServers, Duration within) {
    return "no answer from Kafka at %s within %d s: start it, or name another (%s)"
        .formatted(
            bootstrapServers, within.toSeconds(), KafkaSettings.BOOTSTRAP_SERVERS.flagName());
  }

  /** A message without what may be a secret; empty when there is none. */
  static String words(Throwable e) {
    String message = e.getMessage();
    if (message == null) {
      return "";
    }
    return OF_JAAS_CONFIG.matcher(message).find()
        ? QUOTED.matcher(message).replaceAll("'(secret)'")
        : message;
  }
}
