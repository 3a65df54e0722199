package dev.tailrace.edge.auth;

import com.nimbusds.jose.JWSAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * Has the keys that tokens are verified with.
 *
 * <p>Threading: any thread; never blocks.
 */
interface KeySource {
  /** All keys that are valid now. */
  KeySet current();

  /**
   * No key fits a token: asks for newer ones where there may be.
   *
   * @param id the token's {@code kid}
   * @return whether the token may be good in a moment
   */
  boolean isMissing(JWSAlgorithm algorithm, @Nullable String id);
}
