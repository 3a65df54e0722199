package dev.tailrace.testing.history;

/** What a client logs. */
sealed interface ClientEntry {
  /** When, counted over all producers and clients of a history. */
  long step();

  /** From now on it may be given events of this address. */
  record Asked(long step, Address address) implements ClientEntry {}

  /** It was told where it begins: whatever is sent from now on has to come. */
  record Began(long step, Address address) implements ClientEntry {}

  /** It follows this address no longer. */
  record Left(long step, Address address) implements ClientEntry {}

  /** An event came. */
  record Saw(long step, Address address, String id) implements ClientEntry {}

  /** A gap was told. */
  record Told(long step, ToldGap gap) implements ClientEntry {}
}
