package dev.tailrace.edge.auth;

/**
 * Hears of the JWK Set behind {@code auth.jwks.url}.
 *
 * <p>Threading: called on the thread that fetches it.
 */
public interface KeyListener {
  /** It was fetched. */
  void onKeysFetched();

  /** It could not be fetched, or no key in it can be used: the keys known stay. */
  void onKeysNotFetched();
}
