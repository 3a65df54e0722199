package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.ConnectionCensus.Standing;
import dev.tailrace.edge.log.PartitionLog;
import java.util.Collection;

/**
 * Looks at all connections of an agent at once, now and then, so that nothing need be counted as
 * events go by.
 *
 * <p>Threading: the delivery agent.
 */
final class CensusTaker {
  private CensusTaker() {}

  static ConnectionCensus take(Collection<Connection> connections, PartitionFollows follows) {
    ConnectionCensus census = new ConnectionCensus();
    for (Connection connection : connections) {
      census.add(connection.transport().kind(), standing(connection));
      for (LaneReader reader : connection.readers()) {
        census.addLag(reader.partition().lane(), lag(reader, follows));
      }
    }
    return census;
  }

  /** How a connection stands now. */
  static Standing standing(Connection connection) {
    if (connection.state() == Connection.State.OPENING) {
      return Standing.OPENING;
    }
    for (LaneReader reader : connection.readers()) {
      if (reader.state() == LaneReader.State.CATCHING_UP) {
        return Standing.CATCHING_UP;
      }
    }
    return connection.isWriting() && connection.hasWaiting() ? Standing.LAGGING : Standing.LIVE;
  }

  private static long lag(LaneReader reader, PartitionFollows follows) {
    boolean behind =
        switch (reader.state()) {
          case OPENING, PARKED -> false;
          case CATCHING_UP -> true;
          case LIVE -> reader.isPending();
        };
    PartitionLog log = behind ? follows.log(reader.partition()) : null;
    return log == null ? 0 : log.endOffset() - reader.position();
  }
}
