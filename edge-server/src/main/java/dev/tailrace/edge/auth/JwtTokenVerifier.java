package dev.tailrace.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.Verification.Refused;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies signed JWTs (RFC 7519) with the keys that are known now. The key decides which
 * algorithms there are (RFC 8725, 3.1); what a token says of its key is its name at most: keys and
 * addresses of keys in its header are not looked at.
 *
 * <p>Threading: immutable; any thread; never blocks.
 */
final class JwtTokenVerifier implements TokenVerifier {
  private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();
  private static final boolean[] COMPACT = compact();

  private final KeySource keys;
  private final TokenClaims claims;

  JwtTokenVerifier(KeySource keys, TokenClaims claims) {
    this.keys = keys;
    this.claims = claims;
  }

  private static Set<JWSAlgorithm> algorithms() {
    Set<JWSAlgorithm> all = new HashSet<>(JWSAlgorithm.Family.HMAC_SHA);
    all.addAll(JWSAlgorithm.Family.RSA);
    all.addAll(Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512));
    all.addAll(Ed25519SignatureVerifier.ALGORITHMS);
    return Set.copyOf(all);
  }

  @Override
  public Verification verify(String token) {
    if (token.length() > MAX_TOKEN_LENGTH) {
      return malformed("the token is longer than %,d characters".formatted(MAX_TOKEN_LENGTH));
    }
    if (!isCompact(token)) {
      return malformed("this is not a JWT");
    }
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      Refused refused = signature(jwt);
      return refused == null ? claims.read(jwt.getJWTClaimsSet()) : refused;
    } catch (ParseException | IllegalArgumentException e) {
      // The parser's message may quote the token.
      return isUnsigned(token)
          ? new Refused(AuthFailure.WRONG_ALGORITHM, "the token is not signed")
          : malformed("this is not a JWT");
    }
  }

  /** Nothing but base64url without padding, and dots: the library's decoder skips the rest. */
  private static boolean isCompact(String token) {
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c >= COMPACT.length || !COMPACT[c]) {
        return false;
      }
    }
    return true;
  }

  private static boolean[] compact() {
    boolean[] chars = new boolean[128];
    Arrays.fill(chars, 'a', 'z' + 1, true);
    Arrays.fill(chars, 'A', 'Z' + 1, true);
    Arrays.fill(chars, '0', '9' + 1, true);
    chars['-'] = true;
    chars['_'] = true;
    chars['.'] = true;
    return chars;
  }

  private static boolean isUnsigned(String token) {
    try {
      return !(JWTParser.parse(token) instanceof SignedJWT);
    } catch (ParseException | IllegalArgumentException e) {
      return false;
    }
  }

  /** What is wrong with a token's signature; null when it is good. */
  private @Nullable Refused signature(SignedJWT jwt) {
    JWSHeader header = jwt.getHeader();
    JWSAlgorithm algorithm = header.getAlgorithm();
    if (!ALGORITHMS.contains(algorithm)) {
      return new Refused(
          AuthFailure.WRONG_ALGORITHM, "the token's algorithm is not one that this edge takes");
    }
    if (header.getCriticalParams() != null) {
      return malformed("the token's header has crit, and nothing of that is known here");
    }
    KeySet known = keys.current();
    List<TokenKey> fitting = known.fitting(algorithm, header.getKeyID());
    byte[] signed = jwt.getSigningInput();
    Base64URL signature = jwt.getSignature();
    for (TokenKey key : fitting) {
      if (isBy(key, header, signed, signature)) {
        return null;
      }
    }
    return noKey(algorithm, header.getKeyID(), known, !fitting.isEmpty());
  }

  private static boolean isBy(TokenKey key, JWSHeader header, byte[] signed, Base64URL signature) {
    try {
      return key.verifier().verify(header, signed, signature);
    } catch (JOSEException e) {
      return false; // whatever is wrong with it: it proves nothing
    }
  }

  private Refused noKey(JWSAlgorithm algorithm, @Nullable String id, KeySet known, boolean tried) {
    boolean named = id != null && known.isNamed(id);
    if (!named && !(tried && id == null) && keys.isMissing(algorithm, id)) {
      return new Refused(
          AuthFailure.UNKNOWN_KEY,
          "the token's key is not known here, or not yet: try again in a moment");
    }
    return tried
        ? new Refused(
            AuthFailure.BAD_SIGNATURE, "the token's signature is not by a key that this edge knows")
        : new Refused(
            AuthFailure.WRONG_ALGORITHM,
            "this edge has no key for %s%s"
                .formatted(algorithm.getName(), named ? " by that kid" : ""));
  }

  private static Refused malformed(String reason) {
    return new Refused(AuthFailure.MALFORMED, reason);
  }
}
