package dev.tailrace.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class LoginAttemptsTest {
  private final LoginAttempts attempts = new LoginAttempts();

  private static LoginRefusedException refusal(AuthenticationException cause) {
    return catchThrowableOfType(
        LoginRefusedException.class,
        () -> LoginRefusedException.throwIfSo(new ExecutionException(cause)));
  }

  @Test
  void shouldEndWithTheThirdRefusal() {
    LoginRefusedException refusal = refusal(new SaslAuthenticationException("no"));
    attempts.onRefused(refusal);
    attempts.onRefused(refusal);
    assertThatThrownBy(() -> attempts.onRefused(refusal)).isSameAs(refusal);
  }

  @Test
  void shouldBearRefusalsThatAreNotInARow() {
    ExecutionException refused = new ExecutionException(new SaslAuthenticationException("no"));
    ExecutionException slow = new ExecutionException(new TimeoutException("slow"));
    for (Throwable other : List.of(slow, new IllegalStateException())) {
      assertThat(attempts.onFailed(refused)).isTrue();
      assertThat(attempts.onFailed(refused)).isTrue();
      assertThat(attempts.onFailed(other)).isFalse();
    }
    assertThat(attempts.onFailed(refused)).isTrue();
    assertThat(attempts.onFailed(refused)).isTrue();
    assertThat(attempts.onFailed(null)).isFalse();
    assertThat(attempts.onFailed(refused)).isTrue();
    assertThat(attempts.onFailed(refused)).isTrue();
    assertThatThrownBy(() -> attempts.onFailed(refused))
        .isInstanceOf(LoginRefusedException.class)
        .hasMessageContaining("no");
  }

  @Test
  void shouldSayWhatIsWrongAsFarAsItIsKnown() {
    String look = ": look at kafka.security.protocol, kafka.sasl.* and kafka.ssl.*";
    assertThat(refusal(new SaslAuthenticationException("no")))
        .hasMessage("Kafka refuses the login: no" + look);
    assertThat(refusal(new SslAuthenticationException("no", new RuntimeException("it is old"))))
        .hasMessage("Kafka refuses the login: no (it is old)" + look);
    assertThat(
            refusal(
                new SslAuthenticationException(
                    "no", new RuntimeException("it is old", new RuntimeException((String) null)))))
        .hasMessage("Kafka refuses the login: no (it is old)" + look);
    assertThat(refusal(new SaslAuthenticationException(null)))
        .hasMessage("Kafka refuses the login: SaslAuthenticationException" + look);
  }

  @Test
  void shouldLeaveOtherFailuresAlone() {
    LoginRefusedException.throwIfSo(new ExecutionException(new TimeoutException("slow")));
  }
}
