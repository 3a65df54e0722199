package dev.tailrace.edge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CachingTokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final SubscribeGrants MANY =
      new SubscribeGrants(Grants.of(IntStream.range(0, 100).mapToObj(i -> "channel" + i).toList()));

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final AtomicLong version = new AtomicLong(1);
  private final List<String> looked = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private final TokenVerifier behind =
      token -> {
        looked.add(token);
        meanwhile.run();
        return token.startsWith("good")
            ? new Verified(
                new Identity(
                    token,
                    false,
                    token.contains("many") ? MANY : SubscribeGrants.NONE,
                    PublishGrants.NONE,
                    NOW.plusSeconds(10),
                    null,
                    null))
            : new Refused(AuthFailure.BAD_SIGNATURE, "no");
      };
  private final CachingTokenVerifier verifier =
      new CachingTokenVerifier(behind, version::get, clock::get);

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
  void shouldLookAgainWhenTheKeysHaveChanged() {
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    version.incrementAndGet();
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good", "good");
  }

  @Test
  void shouldNotRememberWhatItVerifiedWithKeysThatHaveGoneMeanwhile() {
    assertThat(verifier.verify("good")).isInstanceOf(Verified.class);
    meanwhile =
        () -> {
          version.incrementAndGet();
          meanwhile = () -> {};
          assertThat(verifier.verify("good")).isInstanceOf(Verified.class); // by another thread
        };
    assertThat(verifier.verify("good too")).isInstanceOf(Verified.class);
    looked.clear();
    assertThat(verifier.verify("good too")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good too");
  }

  @Test
  void shouldForgetTheTokensUsedLeastRecentlyByWhatTheyTake() {
    CachingTokenVerifier small =
        new CachingTokenVerifier(behind, version::get, clock::get, 8 * (256 + 5));
    for (int i = 0; i < 8; i++) {
      assertThat(small.verify("good" + i)).isInstanceOf(Verified.class);
    }
    looked.clear();
    for (int i = 0; i < 8; i++) {
      assertThat(small.verify("good" + i)).isInstanceOf(Verified.class);
    }
    assertThat(looked).isEmpty();

    assertThat(small.verify("good8")).isInstanceOf(Verified.class);
    looked.clear();
    assertThat(small.verify("good8")).isInstanceOf(Verified.class);
    assertThat(small.verify("good1")).isInstanceOf(Verified.class);
    assertThat(looked).isEmpty();
    assertThat(small.verify("good0")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good0");

    // One that takes more than there is for all is not remembered.
    looked.clear();
    assertThat(small.verify("good many")).isInstanceOf(Verified.class);
    assertThat(small.verify("good many")).isInstanceOf(Verified.class);
    assertThat(looked).containsExactly("good many", "good many");
  }
}
