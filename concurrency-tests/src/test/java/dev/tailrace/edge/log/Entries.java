package dev.tailrace.edge.log;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.List;

/** Entries of a partition, for logs that begin at 0. */
public final class Entries {
  /** Where they lie. */
  public static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 0);

  private static final byte[] VALUE = new byte[0];

  private Entries() {}

  /** One at this offset, new. */
  public static LogEntry at(long offset) {
    return new LogEntry(PARTITION, offset, 0, -1, "c", List.of(), "", false, VALUE);
  }
}
