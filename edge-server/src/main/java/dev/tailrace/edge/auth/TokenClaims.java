package dev.tailrace.edge.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.tailrace.edge.auth.GrantTemplate.UnresolvedException;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.schemas.Channels;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a token claims, once its signature is known to be good. {@code sub} is the user and
 * may be absent; {@code subscribe}, {@code publish} and {@code history} are lists of {@link Grants
 * patterns}; {@code exp} and {@code nbf} are held with 30 s of leeway; {@code iss} and {@code aud}
 * must be among those that are configured, if any are.
 *
 * <p>Threading: immutable; any thread.
 */
final class TokenClaims {
  /** An end beyond this is none that anybody can mean, and sums with it must not overflow. */
  private static final Instant LAST_END = Instant.parse("9999-12-31T00:00:00Z");

  private final Set<String> issuers;
  private final Set<String> audiences;
  private final InstantSource clock;

  /** With those that are taken; empty sets take any. */
  TokenClaims(List<String> issuers, List<String> audiences, InstantSource clock) {
    this.issuers = Set.copyOf(issuers);
    this.audiences = Set.copyOf(audiences);
    this.clock = clock;
  }

  /** Claims that are not what they should be. */
  private static final class BadClaimException extends Exception {
    private static final long serialVersionUID = 1L;

    BadClaimException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Whose token it is, or why it is not taken.
   *
   * @param claims null when they are no JSON object
   * @throws ParseException when one of them is of another type than it should be
   */
  Verification read(@Nullable JWTClaimsSet claims) throws ParseException {
    if (claims == null) {
      return malformed("the token's claims are not a JSON object");
    }
    Instant expires = end(claims);
    Refused refused = untimely(claims, expires);
    if (refused == null) {
      refused = foreign(claims);
    }
    String user = claims.getSubject();
    if (refused == null && user != null && !Channels.isName(user)) {
      refused =
          new Refused(
              AuthFailure.BAD_SUBJECT, "the token's sub is not 1-200 bytes of A-Za-z0-9_.:/-");
    }
    if (refused != null) {
      return refused;
    }
    try {
      Grants subscribe = grants(claims, "subscribe", user);
      Grants history =
          claims.getClaim("history") == null ? subscribe : grants(claims, "history", user);
      Grants publish = grants(claims, "publish", user);
      return new Verified(
          new Identity(
              user,
              false,
              new SubscribeGrants(subscribe, history, true),
              new PublishGrants(publish),
              expires,
              instant(claims.getIssueTime()),
              claims.getJWTID()));
    } catch (BadClaimException e) {
      return malformed(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Refused untimely(JWTClaimsSet claims, @Nullable Instant expires) {
    Instant now = clock.instant();
    if (expires != null && !now.isBefore(expires.plus(TokenVerifier.LEEWAY))) {
      return new Refused(AuthFailure.EXPIRED, "the token expired at " + expires);
    }
    Date notBefore = claims.getNotBeforeTime();
    if (notBefore != null && now.isBefore(notBefore.toInstant().minus(TokenVerifier.LEEWAY))) {
      return new Refused(
          AuthFailure.NOT_YET_VALID, "the token is not valid before " + notBefore.toInstant());
    }
    return null;
  }

  private @Nullable Refused foreign(JWTClaimsSet claims) {
    String issuer = claims.getIssuer();
    if (!issuers.isEmpty() && (issuer == null || !issuers.contains(issuer))) {
      return new Refused(
          AuthFailure.WRONG_ISSUER, "the token's iss is not in " + AuthConfig.ISSUER.key());
    }
    if (!audiences.isEmpty() && Collections.disjoint(claims.getAudience(), audiences)) {
      return new Refused(
          AuthFailure.WRONG_AUDIENCE, "the token's aud is not in " + AuthConfig.AUDIENCE.key());
    }
    return null;
  }

  private static @Nullable Instant end(JWTClaimsSet claims) {
    Date end = claims.getExpirationTime();
    if (end == null) {
      return null;
    }
    Instant expires = end.toInstant();
    return expires.isAfter(LAST_END) ? LAST_END : expires;
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  /** Those of a claim; none when it is absent. */
  private static Grants grants(JWTClaimsSet claims, String name, @Nullable String user)
      throws BadClaimException {
    Object value = claims.getClaim(name);
    if (value == null) {
      return Grants.NONE;
    }
    List<String> patterns = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object one : list) {
        if (!(one instanceof String grant) || !Grants.isPattern(grant)) {
          throw notPatterns(name);
        }
        try {
          patterns.add(GrantTemplate.resolve(grant, user));
        } catch (UnresolvedException e) {
          throw new BadClaimException("the token's %s holds %s".formatted(name, e.getMessage()));
        }
      }
      return Grants.of(patterns);
    }
    throw notPatterns(name);
  }

  private static BadClaimException notPatterns(String name) {
    return new BadClaimException(
        "the token's %s is not a list of names, or beginnings followed by one *".formatted(name));
  }

  private static Refused malformed(String reason) {
    return new Refused(AuthFailure.MALFORMED, reason);
  }
}
