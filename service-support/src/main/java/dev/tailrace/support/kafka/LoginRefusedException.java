package dev.tailrace.support.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;

/**
 * Kafka does not let this process in: a wrong password, a certificate that one of both does not
 * trust, a provider of credentials that fails. The message says where to look.
 */
public final class LoginRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private LoginRefusedException(AuthenticationException cause) {
    super(
        "Kafka refuses the login: %s: look at kafka.security.protocol, kafka.sasl.* and kafka.ssl.*"
            .formatted(reason(cause)),
        cause);
  }

  /**
   * Throws itself when that is why a request failed.
   *
   * @throws LoginRefusedException instead of what was caught
   */
  public static void throwIfSo(ExecutionException failure) {
    if (failure.getCause() instanceof AuthenticationException refused) {
      throw new LoginRefusedException(refused);
    }
  }

  /** Of TLS only the innermost cause says what is wrong. */
  private static String reason(AuthenticationException refused) {
    String reason = KafkaErrors.words(refused);
    String innermost = "";
    for (Throwable cause = refused.getCause(); cause != null; cause = cause.getCause()) {
      String words = KafkaErrors.words(cause);
      innermost = words.isEmpty() ? innermost : " (" + words + ")";
    }
    return (reason.isEmpty() ? refused.getClass().getSimpleName() : reason) + innermost;
  }
}
