package dev.tailrace.edge.desk;

import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Kafka has not answered, or has refused; what was to be written may be so or not. */
public final class KafkaAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private KafkaAwayException(KafkaException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }

  /** Does what Kafka is needed for. */
  static <T> T unlessAway(Supplier<T> call) {
    try {
      return call.get();
    } catch (KafkaException e) {
      throw new KafkaAwayException(e);
    }
  }
}
