package dev.tailrace.edge.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tailrace.edge.auth.Verification.Verified;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the tokens last verified until they end or the keys change, so that everybody coming
 * back at once costs a look-up each. Only tokens that were accepted are kept: forged ones cannot
 * push them out. Kept are their SHA-256 digests and identities, so many that these take no more
 * than 16 MiB.
 *
 * <p>Threading: any thread; the lock is held for a look-up or an insertion only.
 */
final class CachingTokenVerifier implements TokenVerifier {
  private static final long MAX_BYTES = 16L << 20;

  /** What an entry takes apart from its grants: digest, identity, map entry. */
  private static final long ENTRY_BYTES = 256;

  private final TokenVerifier verifier;
  private final LongSupplier keyVersion;
  private final InstantSource clock;
  private final long maxBytes;

  @GuardedBy("this")
  private final Map<Digest, Verified> accepted = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private long bytes;

  /** Of the keys that the accepted were verified with. */
  @GuardedBy("this")
  private long version;

  /** A token's SHA-256. */
  private record Digest(long first, long second, long third, long fourth) {
    static Digest of(String token) {
      try {
        ByteBuffer digest =
            ByteBuffer.wrap(
                MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8)));
        return new Digest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // every JDK has it
      }
    }
  }

  /**
   * In front of the one that really looks.
   *
   * @param keyVersion rises whenever a key comes or goes: no token that was verified before counts
   */
  CachingTokenVerifier(TokenVerifier verifier, LongSupplier keyVersion, InstantSource clock) {
    this(verifier, keyVersion, clock, MAX_BYTES);
  }

  CachingTokenVerifier(
      TokenVerifier verifier, LongSupplier keyVersion, InstantSource clock, long maxBytes) {
    this.verifier = verifier;
    this.keyVersion = keyVersion;
    this.clock = clock;
    this.maxBytes = maxBytes;
  }

  @Override
  public Verification verify(String token) {
    if (token.length() > MAX_TOKEN_LENGTH) {
      return verifier.verify(token); // which refuses it, and nothing is computed of it
    }
    Digest digest = Digest.of(token);
    long keys = keyVersion.getAsLong(); // before they are used: these or newer ones are
    Verified known = known(digest, keys);
    if (known != null) {
      return known;
    }
    Verification verification = verifier.verify(token);
    if (verification instanceof Verified verified) {
      remember(digest, verified, keys);
    }
    return verification;
  }

  private synchronized @Nullable Verified known(Digest digest, long keys) {
    if (keys > version) {
      accepted.clear();
      bytes = 0;
      version = keys;
    }
    Verified verified = keys == version ? accepted.get(digest) : null;
    if (verified == null) {
      return null;
    }
    Instant expires = verified.identity().expires();
    if (expires != null && !clock.instant().isBefore(expires)) {
      // The verifier behind decides about the leeway, and says why.
      accepted.remove(digest);
      bytes -= weight(verified);
      return null;
    }
    return verified;
  }

  private synchronized void remember(Digest digest, Verified verified, long keys) {
    if (keys != version) {
      return; // they have changed meanwhile
    }
    Verified former = accepted.put(digest, verified);
    bytes += weight(verified) - (former == null ? 0 : weight(former));
    Iterator<Verified> eldest = accepted.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      bytes -= weight(eldest.next());
      eldest.remove();
    }
  }

  private static long weight(Verified verified) {
    SubscribeGrants subscribe = verified.identity().subscribe();
    long history = subscribe.history() == subscribe.grants() ? 0 : subscribe.history().heapBytes();
    return ENTRY_BYTES
        + subscribe.grants().heapBytes()
        + history
        + verified.identity().publish().grants().heapBytes()
        + length(verified.identity().user())
        + length(verified.identity().tokenId());
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
