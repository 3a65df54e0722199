package dev.tailrace.system;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * How clients say who they are: a user's name becomes a parameter, anew for each connection.
 *
 * <p>Threading: stateless.
 */
public final class Identities {
  /** As development mode takes it. */
  static final UnaryOperator<String> BY_NAME =
      user -> "user=" + URLEncoder.encode(user, StandardCharsets.UTF_8);

  private static final Duration VALID = Duration.ofHours(1);

  private Identities() {}

  /** By a token with all grants, signed with this secret. */
  public static UnaryOperator<String> byToken(String secret) {
    return tokensOf(user -> token(user, secret));
  }

  /** A token with all grants, signed with this secret. */
  public static String token(String user, String secret) {
    Instant now = Instant.now();
    return SoakTokens.of(user, now, now.plus(VALID), secret);
  }

  /** By a token that somebody else makes. */
  public static UnaryOperator<String> tokensOf(UnaryOperator<String> issuer) {
    return user -> "access_token=" + issuer.apply(user);
  }
}
