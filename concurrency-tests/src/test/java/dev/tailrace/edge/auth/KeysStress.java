package dev.tailrace.edge.auth;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.edge.tail.StoppedClock;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Keys that change while tokens are verified with them. */
public final class KeysStress {
  private static final TokenKey KEY = key();
  private static final Verification YES = new Verified(identity());
  private static final Verification NO = new Refused(AuthFailure.BAD_SIGNATURE, "no");

  private KeysStress() {}

  private static TokenKey key() {
    try {
      return TokenKey.ofSecret(new byte[32]);
    } catch (UnusableKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Identity identity() {
    return new Identity("u", false, SubscribeGrants.NONE, PublishGrants.NONE, null, null, null);
  }

  /** Two sources bring keys at once: both count, and two changes are seen. */
  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "both")
  @Outcome(expect = FORBIDDEN, desc = "one was lost")
  @State
  public static class TwoSources {
    private final KeyRing ring = new KeyRing();

    @Actor
    public void file() {
      ring.put(KeyRing.Source.FILE, List.of(KEY));
    }

    @Actor
    public void url() {
      ring.put(KeyRing.Source.URL, List.of(KEY));
    }

    @Arbiter
    public void current(JI_Result r) {
      r.r1 = ring.current().version();
      r.r2 = ring.current().size();
    }
  }

  /** A set is seen whole. */
  @JCStressTest
  @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "before")
  @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "after: version and key")
  @Outcome(expect = FORBIDDEN, desc = "a set in parts")
  @State
  public static class Publication {
    private final KeyRing ring = new KeyRing();

    @Actor
    public void source() {
      ring.put(KeyRing.Source.FILE, List.of(KEY));
    }

    @Actor
    public void verifier(ZI_Result r) {
      KeySet keys = ring.current();
      r.r1 = keys.version() > 0;
      r.r2 = keys.fitting(com.nimbusds.jose.JWSAlgorithm.HS256, null).size();
    }
  }

  /** A key goes while a token of it is verified: from then on the token counts no more. */
  @JCStressTest
  @Outcome(id = ".*, false", expect = ACCEPTABLE, desc = "refused once the key is gone")
  @Outcome(expect = FORBIDDEN, desc = "remembered beyond its key")
  @State
  public static class Remembered {
    private final KeyRing ring = new KeyRing();
    private final CachingTokenVerifier verifier =
        new CachingTokenVerifier(
            token -> ring.current().size() > 0 ? YES : NO,
            () -> ring.current().version(),
            new StoppedClock());

    public Remembered() {
      ring.put(KeyRing.Source.FILE, List.of(KEY));
    }

    @Actor
    public void client(ZZ_Result r) {
      r.r1 = verifier.verify("token") instanceof Verified;
    }

    @Actor
    public void sourceAndAnother() {
      ring.put(KeyRing.Source.FILE, List.of());
      verifier.verify("another"); // from here on it knows of the new keys
    }

    @Arbiter
    public void later(ZZ_Result r) {
      r.r2 = verifier.verify("token") instanceof Verified;
    }
  }
}
