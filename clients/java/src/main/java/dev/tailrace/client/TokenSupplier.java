package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * Gets a token, such as from the application's own server.
 *
 * <p>Threading: called on a thread for this alone, one call at a time; it may block.
 */
@FunctionalInterface
public interface TokenSupplier {
  /**
   * A token that is good for some minutes at least; null for none.
   *
   * @throws Exception if there is none now; it is asked again later
   */
  @Nullable String get() throws Exception;
}
