package dev.tailrace.edge.auth;

/**
 * Tells whose token this is, or why it is not taken.
 *
 * <p>Threading: called from many threads at once; never blocks.
 */
@FunctionalInterface
public interface TokenVerifier {
  /** Longest token that is looked at, in characters. */
  int MAX_TOKEN_LENGTH = 16 << 10;

  /** Verifies one token. */
  Verification verify(String token);
}
