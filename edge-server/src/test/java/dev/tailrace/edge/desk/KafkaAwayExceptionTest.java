package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** What is not allowed is refused; what fails otherwise may be done or not. */
class KafkaAwayExceptionTest {
  @Test
  void shouldTellAMissingRightFromKafkaBeingAway() {
    KafkaException denied =
        new KafkaException(
            "not written",
            new ExecutionException(new TopicAuthorizationException("tailrace.control")));
    assertThatThrownBy(
            () -> KafkaAwayException.unlessNotWritten("tailrace.control", thrown(denied)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.status()).isEqualTo(409);
              assertThat(e.code()).isEqualTo("refused");
            })
        .hasMessageContaining("this edge may not write tailrace.control");
    assertThatThrownBy(() -> KafkaAwayException.unlessAway(thrown(new KafkaException("away"))))
        .isInstanceOf(KafkaAwayException.class);
  }

  private static Supplier<String> thrown(KafkaException e) {
    return () -> {
      throw e;
    };
  }
}
