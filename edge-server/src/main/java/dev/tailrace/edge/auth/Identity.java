package dev.tailrace.edge.auth;

import dev.tailrace.edge.control.Revocations;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who asks and what they may do. It holds nothing secret. What is revoked since its token was
 * verified is looked at each time that it is asked.
 *
 * <p>Threading: immutable, but for what is revoked; any thread.
 *
 * @param user whose personal events arrive; null when nobody's do
 * @param anonymous whether nobody has vouched for this: no token was given
 * @param expires when the token ends; null when it has no end
 * @param issuedAt when the token was issued; null when it does not say
 * @param tokenId the token's own id; null when it has none
 * @param revocations what is revoked now
 */
public record Identity(
    @Nullable String user,
    boolean anonymous,
    SubscribeGrants subscribe,
    PublishGrants publish,
    @Nullable Instant expires,
    @Nullable Instant issuedAt,
    @Nullable String tokenId,
    Supplier<Revocations> revocations) {

  /** One of whom nothing is revoked. */
  public Identity(
      @Nullable String user,
      boolean anonymous,
      SubscribeGrants subscribe,
      PublishGrants publish,
      @Nullable Instant expires,
      @Nullable Instant issuedAt,
      @Nullable String tokenId) {
    this(user, anonymous, subscribe, publish, expires, issuedAt, tokenId, () -> Revocations.NONE);
  }

  /** In development a name stands for a token, and may do anything. */
  static Identity development(@Nullable String user) {
    return new Identity(
        user, user == null, SubscribeGrants.ALL, PublishGrants.ALL, null, null, null);
  }

  /** The same, of whom this is revoked. */
  Identity subjectTo(Supplier<Revocations> revoked) {
    return new Identity(user, anonymous, subscribe, publish, expires, issuedAt, tokenId, revoked);
  }

  /** Whether the token is revoked by now; where there was none, none can be. */
  public boolean isRevoked() {
    return !anonymous && revocations.get().revokes(user, tokenId, issuedAtMs());
  }

  /** Whether this channel may be followed now. */
  public boolean maySubscribe(String channel) {
    return subscribe.allows(channel)
        && !revocations.get().revokesChannel(user, channel, issuedAtMs());
  }

  /** Whether what this channel has brought may be read now. */
  public boolean mayReadHistory(String channel) {
    return subscribe.allowsHistory(channel)
        && !revocations.get().revokesChannel(user, channel, issuedAtMs());
  }

  /** Whether one may publish on this channel now. */
  public boolean mayPublish(String channel) {
    return publish.allowsChannel(channel)
        && !revocations.get().revokesChannel(user, channel, issuedAtMs());
  }

  private long issuedAtMs() {
    return issuedAt == null ? Revocations.UNKNOWN : issuedAt.toEpochMilli();
  }
}
