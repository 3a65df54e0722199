package dev.tailrace.edge.auth;

import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.auth.Verification.Verified;
import dev.tailrace.edge.control.Revocations;
import dev.tailrace.schemas.Channels;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who is behind a request. A token decides whenever there is one. Without one, development
 * mode takes the {@code user} parameter's word, and lets anybody do anything; elsewhere it is
 * nobody, who may follow the channels that need no token, or the request is refused when there are
 * none. What is revoked is refused whoever vouches for it, and however often it was verified.
 *
 * <p>Threading: immutable; any thread; never blocks.
 */
public final class RequestAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(RequestAuthenticator.class);

  private final TokenVerifier verifier;
  private final boolean development;
  private final @Nullable Identity anonymous;
  private final @Nullable TokenCookie cookie;
  private final Supplier<Revocations> revocations;
  private final Consumer<AuthFailure> onRefused;

  RequestAuthenticator(
      TokenVerifier verifier,
      boolean development,
      @Nullable Identity anonymous,
      @Nullable TokenCookie cookie) {
    this(verifier, development, anonymous, cookie, () -> Revocations.NONE, _ -> {});
  }

  private RequestAuthenticator(
      TokenVerifier verifier,
      boolean development,
      @Nullable Identity anonymous,
      @Nullable TokenCookie cookie,
      Supplier<Revocations> revocations,
      Consumer<AuthFailure> onRefused) {
    this.verifier = verifier;
    this.development = development;
    this.anonymous = anonymous;
    this.cookie = cookie;
    this.revocations = revocations;
    this.onRefused = onRefused;
  }

  /** The same, which refuses what is revoked, and lets identities lose what is revoked later. */
  public RequestAuthenticator heeding(Supplier<Revocations> revoked) {
    return new RequestAuthenticator(verifier, development, anonymous, cookie, revoked, onRefused);
  }

  /** The same, which tells of everybody who is not let in, and why. */
  public RequestAuthenticator telling(Consumer<AuthFailure> refused) {
    return new RequestAuthenticator(verifier, development, anonymous, cookie, revocations, refused);
  }

  /**
   * As configured.
   *
   * @param origins those of browsers that are let in: the ones whose cookies count
   */
  public static RequestAuthenticator of(AuthConfig config, TokenKeys keys, List<String> origins) {
    TokenVerifier verifier = keys.verifier();
    if (!keys.isConfigured()) {
      if (!config.development()) {
        LOG.warn(
            "none of {}, {} and {} is set: no token can be verified, so every client with one will"
                + " be refused",
            AuthConfig.HMAC_SECRET.environmentName(),
            AuthConfig.KEYS_FILE.environmentName(),
            AuthConfig.JWKS_URL.environmentName());
      }
      Refused refused =
          new Refused(AuthFailure.NOT_CONFIGURED, "this edge has no keys to verify tokens with");
      verifier = _ -> refused;
    }
    return new RequestAuthenticator(
        verifier,
        config.development(),
        config.anonymousChannels().isEmpty() ? null : anonymous(config.anonymousChannels()),
        config.cookie().isEmpty() ? null : new TokenCookie(config.cookie(), origins));
  }

  private static Identity anonymous(List<String> channels) {
    return new Identity(
        null,
        true,
        SubscribeGrants.exactly(Grants.of(channels)),
        PublishGrants.NONE,
        null,
        null,
        null);
  }

  /** Who sends this request. */
  public Verification authenticate(Request request) {
    return authenticate(Credentials.of(request, cookie));
  }

  /** Who sends this request, which may bring a token later: without one nobody is refused yet. */
  public Verification authenticateHandshake(Request request) {
    return authenticateHandshake(Credentials.of(request, cookie));
  }

  Verification authenticateHandshake(Credentials credentials) {
    Verification verification = decide(credentials);
    return verification instanceof Refused(AuthFailure failure, _) && failure == AuthFailure.MISSING
        ? verification
        : told(verification);
  }

  /** Who has brought no token to the end is refused; returns how. */
  public Refused refuseMissing(String reason) {
    Refused refused = new Refused(AuthFailure.MISSING, reason);
    told(refused);
    return refused;
  }

  /** Who brings these. */
  public Verification authenticate(Credentials credentials) {
    return told(decide(credentials));
  }

  private Verification decide(Credentials credentials) {
    if (credentials.otherScheme()) {
      return new Refused(AuthFailure.MALFORMED, "the Authorization header is not a Bearer token");
    }
    String token = credentials.token();
    if (token != null) {
      return judged(verifier.verify(token));
    }
    if (!development) {
      return anonymous == null
          ? new Refused(
              AuthFailure.MISSING,
              "no token: send one as Authorization: Bearer, or as access_token in the query")
          : judged(new Verified(anonymous));
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
    return told(judged(verifier.verify(token)));
  }

  private Verification told(Verification verification) {
    if (verification instanceof Refused(AuthFailure failure, _)) {
      onRefused.accept(failure);
    }
    return verification;
  }

  private Verification judged(Verification verification) {
    if (!(verification instanceof Verified(Identity verified))) {
      return verification;
    }
    Identity identity = verified.subjectTo(revocations);
    return identity.isRevoked() ? Refused.REVOKED : new Verified(identity);
  }

  /** Whether this is nobody, to whom a token may still come: not so in development. */
  public boolean isAnonymous(Identity identity) {
    return !development && identity.anonymous();
  }
}
