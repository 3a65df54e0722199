package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.auth.Verification.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.api.Test;

class ProblemResponseTest {
  @Test
  void shouldWriteTheMembersOfRfc9457AndMore() {
    ProblemResponse problem =
        ProblemResponse.of(403, "not_granted", "no grant for \"a\"\n").with("channel", "a");
    assertThat(new String(problem.json(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"tag:tailrace.dev,2026:not_granted\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\"no"
                + " grant for \\\"a\\\"\\n"
                + "\",\"code\":\"not_granted\",\"channel\":\"a\"}");
  }

  @Test
  void shouldChallengeAsRfc6750Asks() {
    assertThat(ProblemResponse.of(new Refused(AuthFailure.MISSING, "no token")).headers())
        .extracting(HttpField::toString)
        .containsExactly("WWW-Authenticate: Bearer");
    ProblemResponse expired = ProblemResponse.of(new Refused(AuthFailure.EXPIRED, "over"));
    assertThat(expired.status()).isEqualTo(401);
    assertThat(expired.code()).isEqualTo("expired");
    assertThat(expired.headers())
        .extracting(HttpField::toString)
        .containsExactly("WWW-Authenticate: Bearer error=\"invalid_token\"");
  }

  @Test
  void shouldSayWhenToSendATokenAgainWhoseKeyIsNotKnownYet() {
    ProblemResponse unknown = ProblemResponse.of(new Refused(AuthFailure.UNKNOWN_KEY, "not yet"));
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.code()).isEqualTo("unknown_key");
    assertThat(unknown.headers())
        .extracting(HttpField::toString)
        .containsExactly("WWW-Authenticate: Bearer error=\"invalid_token\"", "Retry-After: 5");
  }

  @Test
  void shouldNeverAskToComeBackAtOnce() {
    assertThat(ProblemResponse.of(503).withRetryAfter(Duration.ofMillis(10)).headers())
        .extracting(HttpField::toString)
        .containsExactly("Retry-After: 1");
  }
}
