package dev.tailrace.edge.auth;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.schemas.Channels;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who is behind a request. A token decides whenever there is one. Without one, development
 * mode takes the {@code user} parameter's word, and lets anybody do anything; elsewhere the request
 * is refused. What is revoked is refused whoever vouches for it, and however often it was verified.
 *
 * <p>Threading: immutable; any thread.
 */
public final class RequestAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(RequestAuthenticator.class);

  private final TokenVerifier verifier;
  private final boolean development;
  private final Supplier<Revocations> revocations;

  RequestAuthenticator(TokenVerifier verifier, boolean development) {
    this(verifier, development, () -> Revocations.NONE);
  }

  private RequestAuthenticator(
      TokenVerifier verifier, boolean development, Supplier<Revocations> revocations) {
    this.verifier = verifier;
    this.development = development;
    this.revocations = revocations;
  }

  /** The same, which refuses what is revoked, and lets identities lose what is revoked later. */
  public RequestAuthenticator heeding(Supplier<Revocations> revoked) {
    return new RequestAuthenticator(verifier, development, revoked);
  }

  /**
   * As configured.
   *
   * @throws dev.tailrace.support.config.SettingException when the secret is too short
   */
  public static RequestAuthenticator of(AuthConfig config, InstantSource clock) {
    if (!config.hmacSecret().isEmpty()) {
      TokenVerifier verifier = new HmacTokenVerifier(config.hmacSecret(), clock);
      return new RequestAuthenticator(
          new CachingTokenVerifier(verifier, clock), config.development());
    }
    if (!config.development()) {
      LOG.warn(
          "{} is not set: no token can be verified, so every client will be refused",
          AuthConfig.HMAC_SECRET.environmentName());
    }
    Refused refused =
        new Refused(
            AuthFailure.NOT_CONFIGURED,
            "this edge has no %s to verify tokens with".formatted(AuthConfig.HMAC_SECRET.key()));
    return new RequestAuthenticator(token -> refused, config.development());
  }

  /** Who sends this request. */
  public Verification authenticate(Request request) {
    return authenticate(Credentials.of(request));
  }

  /** Who brings these. */
  public Verification authenticate(Credentials credentials) {
    if (credentials.otherScheme()) {
      return new Refused(AuthFailure.MALFORMED, "the Authorization header is not a Bearer token");
    }
    String token = credentials.token();
    if (token != null) {
      return verify(token);
    }
    if (!development) {
      return new Refused(
          AuthFailure.MISSING,
          "no token: send one as Authorization: Bearer, or as access_token in the query");
    }
    String user = credentials.user();
    if (user != null && !Channels.isName(user)) {
      return new Refused(
          AuthFailure.BAD_SUBJECT, "the user parameter is not 1-200 bytes of A-Za-z0-9_.:/-");
    }
    return judged(new Verified(Identity.development(user)));
  }

  /** Whose token this is: one that came in a WebSocket {@code auth} frame. */
  public Verification verify(String token) {
    return judged(verifier.verify(token));
  }

  private Verification judged(Verification verification) {
    if (!(verification instanceof Verified(Identity verified))) {
      return verification;
    }
    Identity identity = verified.subjectTo(revocations);
    return identity.isRevoked() ? Refused.REVOKED : new Verified(identity);
  }
}
