package dev.tailrace.edge.auth;

/**
 * To whom an identity may publish. A channel is granted by its name, {@code $broadcast} too. A user
 * is granted as {@code $user/<id>}, so {@code $user/*} allows publishing to every user; as {@code
 * $} is reserved, no channel can be mistaken for a user. {@code *} alone covers all of these.
 *
 * <p>Threading: immutable.
 */
public record PublishGrants(Grants grants) {
  /** Nothing may be published. */
  public static final PublishGrants NONE = new PublishGrants(Grants.NONE);

  /** Every channel and every user. */
  public static final PublishGrants ALL = new PublishGrants(Grants.ALL);

  private static final String USER_PREFIX = "$user/";

  /** How a grant names a user. */
  public static String userName(String user) {
    return USER_PREFIX + user;
  }

  /** Whether there is nothing that one may publish. */
  public boolean isNone() {
    return grants.isNone();
  }

  /** Whether one may publish on this channel. */
  public boolean allowsChannel(String channel) {
    return grants.allows(channel);
  }

  /** Whether one may publish to this user. */
  public boolean allowsUser(String user) {
    return grants.allows(userName(user));
  }
}
