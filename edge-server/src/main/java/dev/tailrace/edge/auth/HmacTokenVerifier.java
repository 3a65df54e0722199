package dev.tailrace.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.schemas.Channels;
import dev.tailrace.support.config.SettingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JWTs signed with HS256 and a shared secret, and with nothing else. Claims: {@code sub}
 * is the user and may be absent; {@code subscribe} and {@code publish} are lists of {@link Grants
 * patterns}; {@code exp} and {@code nbf} are held with 30 s of leeway.
 *
 * <p>Threading: immutable; any thread.
 */
public final class HmacTokenVerifier implements TokenVerifier {
  private static final int MIN_SECRET_BYTES = 32;

  private final JWSVerifier signature;
  private final InstantSource clock;

  /**
   * With the UTF-8 bytes of this secret as the key.
   *
   * @throws SettingException when the secret is shorter than HS256 asks for
   */
  public HmacTokenVerifier(String secret, InstantSource clock) {
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    if (key.length < MIN_SECRET_BYTES) {
      throw new SettingException(
          "%s has %d bytes, HS256 needs %d or more (RFC 7518, 3.2): `openssl rand -hex 32` makes one"
              .formatted(AuthConfig.HMAC_SECRET.key(), key.length, MIN_SECRET_BYTES));
    }
    try {
      this.signature = new MACVerifier(key);
    } catch (JOSEException e) {
      throw new IllegalStateException("HMAC-SHA-256 is missing from this Java", e);
    }
    this.clock = clock;
  }

  @Override
  public Verification verify(String token) {
    if (token.length() > MAX_TOKEN_LENGTH) {
      return malformed("the token is longer than %,d characters".formatted(MAX_TOKEN_LENGTH));
    }
    try {
      JWT jwt = JWTParser.parse(token);
      // Before anything is computed: a key must never be used for an algorithm the token chose.
      if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())
          || !(jwt instanceof SignedJWT signed)) {
        return new Refused(AuthFailure.WRONG_ALGORITHM, "the token is not signed with HS256");
      }
      if (!signed.verify(signature)) {
        return new Refused(
            AuthFailure.BAD_SIGNATURE, "the token's signature is not by this edge's key");
      }
      return claims(signed.getJWTClaimsSet());
    } catch (ParseException | IllegalArgumentException | JOSEException e) {
      // The parser's message may quote the token.
      return malformed("this is not a JWT");
    }
  }

  private Verification claims(@Nullable JWTClaimsSet claims) throws ParseException {
    if (claims == null) {
      return malformed("the token's claims are not a JSON object");
    }
    Instant now = clock.instant();
    Instant expires = instant(claims.getExpirationTime());
    if (expires != null && !now.isBefore(expires.plus(LEEWAY))) {
      return new Refused(AuthFailure.EXPIRED, "the token expired at " + expires);
    }
    Instant notBefore = instant(claims.getNotBeforeTime());
    if (notBefore != null && now.isBefore(notBefore.minus(LEEWAY))) {
      return new Refused(AuthFailure.NOT_YET_VALID, "the token is not valid before " + notBefore);
    }
    String user = claims.getSubject();
    if (user != null && !Channels.isName(user)) {
      return new Refused(
          AuthFailure.BAD_SUBJECT, "the token's sub is not 1-200 bytes of A-Za-z0-9_.:/-");
    }
    Grants subscribe = grants(claims, "subscribe");
    Grants publish = grants(claims, "publish");
    if (subscribe == null || publish == null) {
      return malformed(
          "the token's %s is not a list of names, or beginnings followed by one *"
              .formatted(subscribe == null ? "subscribe" : "publish"));
    }
    return new Verified(
        new Identity(
            user,
            false,
            new SubscribeGrants(subscribe),
            new PublishGrants(publish),
            expires,
            instant(claims.getIssueTime()),
            claims.getJWTID()));
  }

  /** Those of a claim; none when it is absent, null when it is not what it should be. */
  private static @Nullable Grants grants(JWTClaimsSet claims, String name) {
    Object value = claims.getClaim(name);
    if (value == null) {
      return Grants.NONE;
    }
    if (!(value instanceof List<?> list)
        || !list.stream().allMatch(p -> p instanceof String s && Grants.isPattern(s))) {
      return null;
    }
    return Grants.of(list.stream().map(String.class::cast).toList());
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  private static Refused malformed(String reason) {
    return new Refused(AuthFailure.MALFORMED, reason);
  }
}
