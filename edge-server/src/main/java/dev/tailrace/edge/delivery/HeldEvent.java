package dev.tailrace.edge.delivery;

import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import org.jspecify.annotations.Nullable;

/**
 * An event whose bytes a write in flight may keep: one that was too long to be copied. Equal are
 * those that are the same bytes.
 *
 * <p>Threading: immutable.
 *
 * @param owner the connection that it was read from Kafka for; null when it is the partition log's,
 *     and so everybody's
 */
record HeldEvent(@Nullable Connection owner, LanePartition partition, long offset, int bytes) {
  static HeldEvent of(LaneReader reader, LogEntry entry, int bytes) {
    boolean own = reader.state() == LaneReader.State.CATCHING_UP;
    return new HeldEvent(
        own ? reader.connection() : null, entry.partition(), entry.offset(), bytes);
  }
}
