package dev.tailrace.schemas;

/** The platform's Kafka topics. */
public final class Topics {
  /** Ingress, unless others are configured: producers write events here. */
  public static final String EVENTS = "tailrace.events";

  /** The user lane, first generation. */
  public static final String USERS = "tailrace.users";

  /** The channel lane, first generation. */
  public static final String CHANNELS = "tailrace.channels";

  /** Ingress records that could not be routed, with the reason. */
  public static final String DEAD_LETTERS = "tailrace.dead-letters";

  /** Revocations and disconnects; compacted. */
  public static final String CONTROL = "tailrace.control";

  /** Edge heartbeats; compacted. */
  public static final String EDGES = "tailrace.edges";

  /** Slot map versions; compacted, one partition. */
  public static final String SLOTS = "tailrace.slots";

  /** What processes say of themselves, for people who look; kept for minutes. */
  public static final String FLEET = "tailrace.fleet";

  /** Header of a dead letter that holds its {@code DeadLetter} message. */
  public static final String DEAD_LETTER_HEADER = "tailrace.dead-letter";

  private Topics() {}
}
