package dev.tailrace.edge.log;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Log entries for tests. */
final class Entries {
  static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 2);

  private Entries() {}

  static LogEntry entry(long offset, int bytes) {
    return new LogEntry(
        PARTITION, offset, 1_000, -1, "scores", List.of(), "", false, new byte[bytes]);
  }

  static List<LogEntry> entries(int bytes, long... offsets) {
    return Arrays.stream(offsets).mapToObj(offset -> entry(offset, bytes)).toList();
  }

  /** Offsets that a reader sees from a position on. */
  static List<Long> read(PartitionLog log, long position) {
    List<Long> seen = new ArrayList<>();
    log.read(position, entry -> seen.add(entry.offset()));
    return seen;
  }
}
