package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * Gets a token, such as from the application's own server.
 *
 * <p>Threading: called on a thread for this alone, one call at a time; it may block for 30 s. Then
 * its thread is interrupted, what it gives is dropped, and it is asked again later.
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
