package dev.tailrace.edge.auth;

import dev.tailrace.schemas.Channels;

/**
 * Which channels an identity may follow, and of which it may ask for the past. For whoever brings a
 * token, {@link Channels#BROADCAST} needs no grant for either.
 *
 * <p>Threading: immutable.
 *
 * @param grants the channels that may be followed
 * @param history those whose past may be asked for
 * @param broadcast whether the broadcast channel needs no grant
 */
public record SubscribeGrants(Grants grants, Grants history, boolean broadcast) {
  /** Only what needs no grant. */
  public static final SubscribeGrants NONE = new SubscribeGrants(Grants.NONE);

  /** Every channel. */
  public static final SubscribeGrants ALL = new SubscribeGrants(Grants.ALL);

  /** These, with their past. */
  public SubscribeGrants(Grants grants) {
    this(grants, grants, true);
  }

  /** These, with their past, and not even the broadcast channel beside them. */
  static SubscribeGrants exactly(Grants grants) {
    return new SubscribeGrants(grants, grants, false);
  }

  /** Whether this channel may be followed. */
  public boolean allows(String channel) {
    return isFree(channel) || grants.allows(channel);
  }

  /** Whether this channel's past may be asked for. */
  public boolean allowsHistory(String channel) {
    return isFree(channel) || history.allows(channel);
  }

  private boolean isFree(String channel) {
    return broadcast && channel.equals(Channels.BROADCAST);
  }
}
