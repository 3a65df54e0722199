package dev.tailrace.edge.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tailrace.edge.auth.Verification.Verified;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the tokens last verified until they end, so that everybody coming back at once costs a
 * look-up each. Only tokens that were accepted are kept: forged ones cannot push them out.
 *
 * <p>Threading: any thread; the lock is held for a look-up or an insertion only.
 */
public final class CachingTokenVerifier implements TokenVerifier {
  private static final int MAX_TOKENS = 10_000;

  private final TokenVerifier verifier;
  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<String, Verified> accepted =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
          return size() > MAX_TOKENS;
        }
      };

  /** In front of the one that really looks. */
  public CachingTokenVerifier(TokenVerifier verifier, InstantSource clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  @Override
  public Verification verify(String token) {
    Verified known = known(token);
    if (known != null) {
      return known;
    }
    Verification verification = verifier.verify(token);
    if (verification instanceof Verified verified) {
      synchronized (this) {
        accepted.put(token, verified);
      }
    }
    return verification;
  }

  private synchronized @Nullable Verified known(String token) {
    Verified verified = accepted.get(token);
    if (verified == null) {
      return null;
    }
    Instant expires = verified.identity().expires();
    if (expires != null && !clock.instant().isBefore(expires)) {
      // The verifier behind decides about the leeway, and says why.
      accepted.remove(token);
      return null;
    }
    return verified;
  }
}
