package dev.tailrace.cli;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.edge.auth.AuthConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs tokens for an edge that shares the secret.
 *
 * <p>Threading: immutable.
 */
final class TokenSigner {
  /** HS256 wants a key as long as its hash. */
  private static final int LEAST_SECRET_BYTES = 32;

  private final MACSigner signer;

  /**
   * @throws CommandException when the secret is too short
   */
  TokenSigner(String secret) {
    byte[] key = secret.getBytes(StandardCharsets.UTF_8);
    if (key.length < LEAST_SECRET_BYTES) {
      throw CommandException.usage(
          "%s has %d bytes: HS256 needs %d or more, e.g. from: head -c 32 /dev/urandom | base64"
              .formatted(AuthConfig.HMAC_SECRET.key(), key.length, LEAST_SECRET_BYTES));
    }
    try {
      signer = new MACSigner(key);
    } catch (JOSEException e) {
      throw CommandException.failed("the secret cannot be used: " + e.getMessage(), e);
    }
  }

  /** A token with these claims, valid for so long from now on. */
  String sign(
      String subject, List<String> subscribe, List<String> publish, Instant now, Duration ttl) {
    return sign(subject, subscribe, publish, null, now, ttl);
  }

  /**
   * A token with these claims, valid for so long from now on.
   *
   * @param history null for no such claim: the past goes with the channel then
   */
  String sign(
      String subject,
      List<String> subscribe,
      List<String> publish,
      @Nullable List<String> history,
      Instant now,
      Duration ttl) {
    Instant issued = now.truncatedTo(ChronoUnit.SECONDS);
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject(subject)
                .issueTime(Date.from(issued))
                .expirationTime(Date.from(issued.plus(ttl)))
                .claim("subscribe", subscribe)
                .claim("publish", publish)
                .claim("history", history)
                .build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw CommandException.failed("the token cannot be signed: " + e.getMessage(), e);
    }
    return token.serialize();
  }
}
