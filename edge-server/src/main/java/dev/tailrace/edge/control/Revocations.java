package dev.tailrace.edge.control;

import dev.tailrace.v1.Revocation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was taken back of tokens that are valid by themselves. A revocation is for what was issued
 * before a moment: what is issued from then on is good. A token that does not say when it was
 * issued is older than any.
 *
 * <p>Threading: immutable.
 */
public final class Revocations {
  /** When a token was issued that does not say. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  /** Nothing is revoked. */
  public static final Revocations NONE = new Revocations();

  private final Map<String, Long> users = new HashMap<>();
  private final Map<String, Long> tokens = new HashMap<>();
  private final Map<String, Long> channels = new HashMap<>();
  private final Map<String, Map<String, Long>> channelsOfUsers = new HashMap<>();
  private long everybodyBeforeMs = UNKNOWN;
  private int count;

  private Revocations() {}

  /** Those that hold now; each says when it began, and for what. */
  static Revocations of(Iterable<Revocation> held) {
    Revocations all = new Revocations();
    held.forEach(all::add);
    return all;
  }

  private void add(Revocation one) {
    long beforeMs = ControlTime.millis(one.getIssuedBefore());
    count++;
    if (!one.getTokenId().isEmpty()) {
      tokens.merge(one.getTokenId(), beforeMs, Math::max);
    } else if (!one.getChannel().isEmpty() && one.getSubject().isEmpty()) {
      channels.merge(one.getChannel(), beforeMs, Math::max);
    } else if (!one.getChannel().isEmpty()) {
      channelsOfUsers
          .computeIfAbsent(one.getChannel(), channel -> new HashMap<>())
          .merge(one.getSubject(), beforeMs, Math::max);
    } else if (!one.getSubject().isEmpty()) {
      users.merge(one.getSubject(), beforeMs, Math::max);
    } else if (one.getEverybody()) {
      everybodyBeforeMs = Math.max(everybodyBeforeMs, beforeMs);
    }
  }

  /**
   * Whether a token is no longer valid.
   *
   * @param user its {@code sub}
   * @param tokenId its {@code jti}
   * @param issuedAtMs its {@code iat}, milliseconds since the epoch, or {@link #UNKNOWN}
   */
  public boolean revokes(@Nullable String user, @Nullable String tokenId, long issuedAtMs) {
    return issuedAtMs < everybodyBeforeMs
        || isBefore(issuedAtMs, users, user)
        || isBefore(issuedAtMs, tokens, tokenId);
  }

  /** Whether a token no longer grants a channel. */
  public boolean revokesChannel(@Nullable String user, String channel, long issuedAtMs) {
    if (isBefore(issuedAtMs, channels, channel)) {
      return true;
    }
    Map<String, Long> ofUsers = channelsOfUsers.isEmpty() ? null : channelsOfUsers.get(channel);
    return ofUsers != null && isBefore(issuedAtMs, ofUsers, user);
  }

  private static boolean isBefore(
      long issuedAtMs, Map<String, Long> moments, @Nullable String name) {
    Long beforeMs = name == null || moments.isEmpty() ? null : moments.get(name);
    return beforeMs != null && issuedAtMs < beforeMs;
  }

  /** How many records there are of them. */
  public int count() {
    return count;
  }

  /** How many of what there are. */
  @Override
  public String toString() {
    int ofUsers = channelsOfUsers.values().stream().mapToInt(Map::size).sum();
    return "%d users, %d tokens, %d channels, %d channels of users, %s"
        .formatted(
            users.size(),
            tokens.size(),
            channels.size(),
            ofUsers,
            everybodyBeforeMs == UNKNOWN ? "not everybody" : "everybody");
  }
}
