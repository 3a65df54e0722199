package dev.tailrace.testing.history;

import java.util.List;

/**
 * A gap as a client was told it.
 *
 * @param channels what it is about; none for personal events
 * @param approximate whether some events may come again after it
 */
public record ToldGap(List<String> channels, String reason, boolean approximate) {
  private static final String UPSTREAM = "upstream";

  /** A gap after which nothing comes again. */
  public static ToldGap of(String reason, String... channels) {
    return new ToldGap(List.of(channels), reason, false);
  }

  /** The same gap, after which some events may come again. */
  public ToldGap withRepeats() {
    return new ToldGap(channels, reason, true);
  }

  /**
   * Whether events at this address may be what it tells of. One of ingress names all the channels
   * of a connection, and means its personal events too, which have no name.
   */
  boolean covers(Address address) {
    return switch (address.kind()) {
      case CHANNEL -> channels.contains(address.name());
      case USER -> channels.isEmpty() || isUpstream();
    };
  }

  /**
   * Told once on a connection, by the first lane partition to come to it: at addresses of the
   * others older events may follow.
   */
  boolean isUpstream() {
    return reason.equals(UPSTREAM);
  }

  @Override
  public String toString() {
    return "gap " + reason + (channels.isEmpty() ? " of personal events" : " of " + channels);
  }
}
