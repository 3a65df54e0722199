package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.ConnectionCensus.Standing;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.LanePartition;
import java.util.Collection;
import java.util.List;

/**
 * Looks at all connections of an agent at once, now and then, so that nothing need be counted as
 * events go by.
 *
 * <p>Threading: the delivery agent.
 */
final class CensusTaker {
  private CensusTaker() {}

  static ConnectionCensus take(
      Collection<Connection> connections, PartitionFollows follows, long nowMs) {
    ConnectionCensus census = new ConnectionCensus();
    for (Connection connection : connections) {
      census.add(connection.transport().kind(), standing(connection));
      addReaders(census, connection.readers(), follows);
    }
    census.setHot(follows.hot(nowMs));
    return census;
  }

  /** Those of one partition lie together: a connection that has several there is counted once. */
  private static void addReaders(
      ConnectionCensus census, List<LaneReader> readers, PartitionFollows follows) {
    int i = 0;
    while (i < readers.size()) {
      LanePartition partition = readers.get(i).partition();
      long lag = 0;
      for (; i < readers.size() && readers.get(i).partition().equals(partition); i++) {
        lag = Math.max(lag, lag(readers.get(i), follows));
      }
      census.addReader(partition, lag);
    }
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
