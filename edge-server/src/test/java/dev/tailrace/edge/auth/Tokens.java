package dev.tailrace.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** Makes the tokens of tests. */
public final class Tokens {
  public static final String SECRET =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  private Tokens() {}

  /** Of this user, with these publish grants and no end. */
  public static String publishing(String user, String... patterns) {
    return signed(
        SECRET,
        JWSAlgorithm.HS256,
        new JWTClaimsSet.Builder().subject(user).claim("publish", List.of(patterns)).build());
  }

  /** Of this user, or of nobody, with these subscribe grants and no end. */
  public static String subscribing(String user, String... patterns) {
    return signed(
        SECRET,
        JWSAlgorithm.HS256,
        new JWTClaimsSet.Builder().subject(user).claim("subscribe", List.of(patterns)).build());
  }

  /** Of this user, with every grant, and over since this moment. */
  public static String expired(String user, Instant since) {
    return signed(
        SECRET,
        JWSAlgorithm.HS256,
        new JWTClaimsSet.Builder()
            .subject(user)
            .claim("subscribe", List.of("*"))
            .expirationTime(Date.from(since))
            .build());
  }

  /** Of this user, with every grant, no end, an id, and issued at this moment. */
  public static String issued(String user, String id, Instant at) {
    return signed(
        SECRET,
        JWSAlgorithm.HS256,
        new JWTClaimsSet.Builder()
            .subject(user)
            .jwtID(id)
            .issueTime(Date.from(at))
            .claim("subscribe", List.of("*"))
            .claim("publish", List.of("*"))
            .build());
  }

  /** With these claims. */
  public static String of(JWTClaimsSet claims) {
    return signed(SECRET, JWSAlgorithm.HS256, claims);
  }

  static String signed(String secret, JWSAlgorithm algorithm, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), claims);
      jwt.sign(new MACSigner(secret));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
