package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CachingTokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final List<String> looked = new ArrayList<>();
  private final TokenVerifier behind =
      token -> {
        looked.add(token);
        return token.startsWith("good")
            ? new Verified(
                new Identity(
                    token,
                    false,
                    SubscribeGrants.NONE,
                    PublishGrants.NONE,
                    NOW.plusSeconds(10),
                    null,
                    null))
            : new Refused(AuthFailure.BAD_SIGNATURE, "no");
      };
  private final CachingTokenVerifier verifier = new CachingTokenVerifier(behind, clock::get);

  @Test
  void shouldLookOnceAtATokenThatIsGood() {
    Verification first = verifier.verify("good");
    assertThat(verifier.verify("good")).isEqualTo(first);
    assertThat(looked).containsExactly("good");
  }

  @Test
  void shouldLookEachTimeAtATokenThatIsNot() {
    assertThat(verifier.verify("bad")).isInstanceOf(Refused.class);
    assertThat(verifier.verify("bad")).isInstanceOf(Refused.class);
    assertThat(looked).containsExactly("bad", "bad");
  }

  @Test
  void shouldLookAgainWhenATokenHasEnded() {
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    clock.set(NOW.plusSeconds(10));
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good", "good");
  }

  @Test
  void shouldForgetTheTokensUsedLeastRecently() {
    for (int i = 0; i <= 10_000; i++) {
      assertThat(verifier.verify("good" + i)).isInstanceOf(Verified.class);
    }
    looked.clear();
    assertThat(verifier.verify("good10000")).isInstanceOf(Verified.class);
    assertThat(verifier.verify("good0")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good0");
  }
}
