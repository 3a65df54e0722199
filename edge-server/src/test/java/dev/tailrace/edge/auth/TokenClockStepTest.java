package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import java.text.ParseException;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wall clock is set forth and back between two uses of a token, which is remembered. */
class TokenClockStepTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualClock clock = new ManualClock();
  private final TokenClaims reader = new TokenClaims(List.of(), List.of(), clock);
  private final JWTClaimsSet claims =
      new JWTClaimsSet.Builder()
          .subject("ada")
          .notBeforeTime(Date.from(clock.instant().minusSeconds(60)))
          .expirationTime(Date.from(clock.instant().plusSeconds(60)))
          .build();
  private final CachingTokenVerifier verifier =
      new CachingTokenVerifier(token -> read(), () -> 1, clock);

  private Verification read() {
    try {
      return reader.read(claims);
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
  }

  private Verification after(Duration step) {
    clock.step(step);
    return verifier.verify("token");
  }

  @Test
  void shouldGoByTheClockAsItIsEachTime() {
    assertThat(after(Duration.ZERO)).isInstanceOf(Verified.class);
    assertThat(after(HOUR)).isInstanceOfSatisfying(Refused.class, this::isExpired);
    assertThat(after(HOUR.negated())).isInstanceOf(Verified.class);
    assertThat(after(HOUR)).isInstanceOfSatisfying(Refused.class, this::isExpired);
    assertThat(after(HOUR.negated())).isInstanceOf(Verified.class);
  }

  private void isExpired(Refused refused) {
    assertThat(refused.failure()).isEqualTo(AuthFailure.EXPIRED);
  }

  @Test
  void shouldNotTakeATokenBeforeItsTimeWhenTheClockIsSetBack() {
    assertThat(after(HOUR.negated()))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.failure()).isEqualTo(AuthFailure.NOT_YET_VALID));
    assertThat(after(HOUR)).isInstanceOf(Verified.class);
  }
}
