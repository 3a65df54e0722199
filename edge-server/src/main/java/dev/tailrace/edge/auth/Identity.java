package dev.tailrace.edge.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who asks and what they may do. It holds nothing secret.
 *
 * <p>Threading: immutable.
 *
 * @param user whose personal events arrive; null when nobody's do
 * @param anonymous whether nobody has vouched for this: no token was given
 * @param expires when the token ends; null when it has no end
 */
public record Identity(
    @Nullable String user,
    boolean anonymous,
    SubscribeGrants subscribe,
    PublishGrants publish,
    @Nullable Instant expires) {

  /** In development a name stands for a token, and may do anything. */
  static Identity development(@Nullable String user) {
    return new Identity(user, user == null, SubscribeGrants.ALL, PublishGrants.ALL, null);
  }
}
