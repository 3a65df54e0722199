package dev.tailrace.edge.auth;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A key that tokens are verified with, bound to the algorithms that its type has: what a token says
 * of its algorithm only ever chooses among these, so that no public key is taken for a secret.
 *
 * <p>Threading: immutable; any thread.
 */
final class TokenKey {
  /** RFC 7518, 3.3. */
  private static final int MIN_RSA_BITS = 2_048;

  /** More only costs time; nobody has them. */
  private static final int MAX_RSA_BITS = 8_192;

  private static final Set<JWSAlgorithm> CURVES =
      Set.of(JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512);

  private static final int MAX_SHOWN = 300;

  private final @Nullable String id;
  private final Set<JWSAlgorithm> algorithms;
  private final JWSVerifier verifier;
  private final String fingerprint;

  private TokenKey(
      @Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier, byte[] encoded) {
    this.id = id;
    this.algorithms = Set.copyOf(algorithms);
    this.verifier = verifier;
    this.fingerprint = fingerprint(encoded);
  }

  /**
   * A secret that issuers share with this edge.
   *
   * @throws UnusableKeyException when it is shorter than the shortest hash
   */
  static TokenKey ofSecret(byte[] secret) throws UnusableKeyException {
    Set<JWSAlgorithm> algorithms = new HashSet<>();
    // RFC 7518, 3.2: a key has at least as many bits as the hash.
    if (secret.length >= 32) {
      algorithms.add(JWSAlgorithm.HS256);
    }
    if (secret.length >= 48) {
      algorithms.add(JWSAlgorithm.HS384);
    }
    if (secret.length >= 64) {
      algorithms.add(JWSAlgorithm.HS512);
    }
    if (algorithms.isEmpty()) {
      throw new UnusableKeyException(
          "has %d bytes, HS256 needs %d or more (RFC 7518, 3.2): `openssl rand -hex 32` makes one"
              .formatted(secret.length, 32));
    }
    try {
      return new TokenKey(null, algorithms, new MACVerifier(secret), secret);
    } catch (JOSEException e) {
      throw new IllegalStateException("HMAC is missing from this Java", e);
    }
  }

  /**
   * A public key.
   *
   * @param id what tokens call it; null when every token may be signed with it
   * @param only the one algorithm it is for; null when it is for all that its type has
   * @throws UnusableKeyException when it is weak, or of a type or for an algorithm that is not
   *     taken
   */
  static TokenKey ofPublic(@Nullable String id, PublicKey key, @Nullable Algorithm only)
      throws UnusableKeyException {
    JWSVerifier verifier = verifier(key);
    Set<JWSAlgorithm> algorithms = new HashSet<>(verifier.supportedJWSAlgorithms());
    if (only != null) {
      algorithms.removeIf(algorithm -> !algorithm.equals(only));
    }
    if (algorithms.isEmpty()) {
      throw new UnusableKeyException("its alg is %s, which is not for its type".formatted(only));
    }
    return new TokenKey(id, algorithms, verifier, key.getEncoded());
  }

  private static JWSVerifier verifier(PublicKey key) throws UnusableKeyException {
    return switch (key) {
      case RSAPublicKey rsa -> {
        requireStrong(rsa);
        yield new RSASSAVerifier(rsa);
      }
      case ECPublicKey ec -> onCurve(ec);
      case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") ->
          new Ed25519SignatureVerifier(ed);
      default ->
          throw new UnusableKeyException(
              "%s keys are not taken: RSA, EC (P-256, P-384, P-521) and Ed25519 are"
                  .formatted(key.getAlgorithm()));
    };
  }

  private static void requireStrong(RSAPublicKey key) throws UnusableKeyException {
    int bits = key.getModulus().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new UnusableKeyException(
          "RSA keys are to have %,d to %,d bits, and this one has %,d (RFC 7518, 3.3): have the"
                  .formatted(MIN_RSA_BITS, MAX_RSA_BITS, bits)
              + " issuer sign with another, such as `openssl genpkey -algorithm RSA -pkeyopt"
              + " rsa_keygen_bits:2048` makes");
    }
  }

  private static JWSVerifier onCurve(ECPublicKey key) throws UnusableKeyException {
    try {
      ECDSAVerifier verifier = new ECDSAVerifier(key);
      if (CURVES.containsAll(verifier.supportedJWSAlgorithms())) {
        return verifier;
      }
    } catch (JOSEException e) {
      throw new UnusableKeyException("its curve is not one of P-256, P-384, P-521", e);
    }
    throw new UnusableKeyException("its curve is not one of P-256, P-384, P-521");
  }

  private static String fingerprint(byte[] encoded) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** What tokens call it; null when it has no name. */
  @Nullable String id() {
    return id;
  }

  Set<JWSAlgorithm> algorithms() {
    return algorithms;
  }

  JWSVerifier verifier() {
    return verifier;
  }

  /** The same name, for the same algorithms, of the same key. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenKey key
        && Objects.equals(id, key.id)
        && algorithms.equals(key.algorithms)
        && fingerprint.equals(key.fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  /** What somebody else wrote, fit for a log: in one line, and not for ever. */
  static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() <= MAX_SHOWN ? plain : plain.substring(0, MAX_SHOWN) + "...";
  }

  /** Its name and algorithms, nothing of the key. */
  @Override
  public String toString() {
    return (id == null ? "nameless" : shown(id))
        + algorithms.stream()
            .map(JWSAlgorithm::getName)
            .sorted()
            .collect(Collectors.joining(" ", " (", ")"));
  }
}
