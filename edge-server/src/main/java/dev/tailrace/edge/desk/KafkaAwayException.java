package dev.tailrace.edge.desk;

import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Kafka has not answered, or has failed; what was to be written may be so or not. */
public final class KafkaAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private KafkaAwayException(KafkaException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /**
   * Does what Kafka is needed for.
   *
   * @throws RefusedException when this edge has not the right to that
   */
  static <T> T unlessAway(Supplier<T> call) {
    return unlessAway("use Kafka as this needs it", call);
  }

  /** Writes to this topic; throws as {@link #unlessAway(Supplier)} does. */
  static <T> T unlessNotWritten(String topic, Supplier<T> call) {
    return unlessAway("write " + topic, call);
  }

  private static <T> T unlessAway(String right, Supplier<T> call) {
    try {
      return call.get();
    } catch (KafkaException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof AuthorizationException) {
          throw RefusedException.conflict(
              "this edge may not %s: %s".formatted(right, cause.getMessage()));
        }
      }
      throw new KafkaAwayException(e);
    }
  }
}
