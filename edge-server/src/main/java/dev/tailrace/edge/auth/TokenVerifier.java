package dev.tailrace.edge.auth;

import java.time.Duration;

/**
 * Tells whose token this is, or why it is not taken.
 *
 * <p>Threading: called from many threads at once; never blocks.
 */
@FunctionalInterface
public interface TokenVerifier {
  /** Longest token that is looked at, in characters. */
  int MAX_TOKEN_LENGTH = 16 << 10;

  /** How far the clocks of those who issue tokens and of an edge may be apart. */
  Duration LEEWAY = Duration.ofSeconds(30);

  /** Verifies one token. */
  Verification verify(String token);
}
