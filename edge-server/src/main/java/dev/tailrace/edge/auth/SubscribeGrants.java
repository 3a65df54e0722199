package dev.tailrace.edge.auth;

import dev.tailrace.schemas.Channels;

/**
 * Which channels an identity may follow. {@link Channels#BROADCAST} needs no grant.
 *
 * <p>Threading: immutable.
 */
public record SubscribeGrants(Grants grants) {
  /** Only what needs no grant. */
  public static final SubscribeGrants NONE = new SubscribeGrants(Grants.NONE);

  /** Every channel. */
  public static final SubscribeGrants ALL = new SubscribeGrants(Grants.ALL);

  /** Whether this channel may be followed. */
  public boolean allows(String channel) {
    return channel.equals(Channels.BROADCAST) || grants.allows(channel);
  }
}
