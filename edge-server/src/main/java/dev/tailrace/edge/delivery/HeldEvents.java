package dev.tailrace.edge.delivery;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Bounds what connections hold whose clients do not take what is written to them, or that cannot be
 * written to yet, beside the buffers of their turns: long events, of which each may be on another
 * one, and what was read ahead for them from Kafka.
 *
 * <p>It looks once a second. What goes beyond the bound is that of the connections whose write is
 * late longest: what was read ahead for them is let go, and read again when they take more; those
 * whose long event does not fit are to be ended.
 *
 * <p>Threading: the delivery agent.
 */
final class HeldEvents {
  private final long maxBytes;
  private long bytes;

  /** With a bound for the connections of one agent. */
  HeldEvents(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Looks at all of them.
   *
   * @param onTooMuch ends a connection
   */
  void bound(Collection<Connection> connections, Consumer<Connection> onTooMuch) {
    List<Connection> latestFirst =
        connections.stream()
            .filter(
                connection ->
                    connection.lateSinceMs() != Connection.IN_TIME || !connection.takesTurns())
            .sorted(Comparator.comparingLong(Connection::lateSinceMs).reversed())
            .toList();
    Set<HeldEvent> counted = new HashSet<>();
    bytes = 0;
    for (Connection connection : latestFirst) {
      HeldEvent event = connection.heldEvent();
      if (event == null || counted.contains(event)) {
        boundReadAhead(connection);
      } else if (hasRoomFor(event.bytes())) {
        counted.add(event);
        bytes += event.bytes();
        boundReadAhead(connection);
      } else {
        onTooMuch.accept(connection);
      }
    }
  }

  private void boundReadAhead(Connection connection) {
    for (LaneReader reader : connection.readers()) {
      reader.holdChunkHere();
      long ahead = reader.chunk().bytes();
      if (hasRoomFor(ahead)) {
        bytes += ahead;
      } else {
        reader.dropChunk();
      }
    }
  }

  private boolean hasRoomFor(long more) {
    return bytes + more <= maxBytes;
  }

  /** Bytes held when it last looked, without what was let go then. */
  long bytes() {
    return bytes;
  }
}
