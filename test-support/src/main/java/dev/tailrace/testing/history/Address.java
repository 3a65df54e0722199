package dev.tailrace.testing.history;

/** To whom an event is sent: a channel, or a user. */
public record Address(Kind kind, String name) {
  /** The two kinds of addresses. */
  public enum Kind {
    CHANNEL,
    USER
  }

  /** Whoever follows this channel. */
  public static Address channel(String name) {
    return new Address(Kind.CHANNEL, name);
  }

  /** This user, by a personal event. */
  public static Address user(String name) {
    return new Address(Kind.USER, name);
  }

  @Override
  public String toString() {
    return (kind == Kind.CHANNEL ? "channel " : "user ") + name;
  }
}
