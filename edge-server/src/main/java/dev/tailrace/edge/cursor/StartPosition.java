package dev.tailrace.edge.cursor;

/** Where a subscription begins. */
public sealed interface StartPosition {
  /** At the present. */
  StartPosition LATEST = new Latest();

  /** At the first record that Kafka still holds. */
  StartPosition EARLIEST = new Earliest();

  /** See {@link #LATEST}. */
  record Latest() implements StartPosition {}

  /** See {@link #EARLIEST}. */
  record Earliest() implements StartPosition {}

  /** Where a cursor says. */
  record At(Cursor cursor) implements StartPosition {}

  /**
   * At the first record of a time or later.
   *
   * @param timestampMs milliseconds since the epoch
   */
  record Since(long timestampMs) implements StartPosition {}

  /**
   * So many events of each address before the present.
   *
   * @param events at least 1
   */
  record Last(int events) implements StartPosition {}
}
