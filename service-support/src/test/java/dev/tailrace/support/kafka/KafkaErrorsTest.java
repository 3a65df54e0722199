package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaErrorsTest {
  private static final String MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A password that was not quoted, or holds a quotation mark.
        MODULE + " required username=\"me\" password=ab-hunter2=;",
        MODULE + " required username=\"me\" password=\"ab\"hunter2\";",
        MODULE + " hunter2 username=\"me\";",
        MODULE + " 'hun'hunter2' username=\"me\";",
      })
  void shouldNotQuoteALoginThatKafkaCannotRead(String jaas) {
    Map<String, Object> client =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:1",
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            jaas);
    KafkaException refused =
        catchThrowableOfType(KafkaException.class, () -> Admin.create(client).close());

    assertThat(KafkaErrors.explain(refused))
        .contains("JAAS config")
        .doesNotContain("hunter2")
        .doesNotContain("hun");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Value not specified for key 'cdef' in JAAS config",
        "Invalid login module control flag 'cdef' in JAAS config",
        "Invalid login module control flag 'a'\ncdef' in JAAS config",
      })
  void shouldHideWhatTheParserOfLoginsQuotes(String message) {
    KafkaException failed =
        new KafkaException("Failed to create it", new IllegalArgumentException(message));
    assertThat(KafkaErrors.explain(failed))
        .startsWith("Failed to create it: ")
        .contains("'(secret)' in JAAS config")
        .doesNotContain("cdef");
    assertThat(KafkaErrors.explain(new IllegalArgumentException(message))).doesNotContain("cdef");
  }

  @Test
  void shouldLeaveOtherMessagesAsTheyAre() {
    String missing = "Could not find a 'KafkaClient' entry in the JAAS configuration";
    assertThat(
            KafkaErrors.explain(
                new KafkaException("Failed", new IllegalArgumentException(missing))))
        .isEqualTo("Failed: " + missing);
    assertThat(KafkaErrors.explain(new IllegalStateException("it is", new KafkaException("no"))))
        .isEqualTo("it is");
  }

  @Test
  void shouldNotSayNull() {
    Exception silent = new IllegalStateException((String) null);
    assertThat(
            KafkaErrors.explain(
                new KafkaException("Failed", new KafkaException(null, new KafkaException("why")))))
        .isEqualTo("Failed: why");
    assertThat(KafkaErrors.explain(silent)).isEqualTo("java.lang.IllegalStateException");
    assertThat(KafkaErrors.explain(new KafkaException((String) null, silent)))
        .isEqualTo("org.apache.kafka.common.KafkaException");
  }
}
