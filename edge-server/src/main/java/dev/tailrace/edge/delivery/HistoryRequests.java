package dev.tailrace.edge.delivery;

import dev.tailrace.edge.connection.Transport;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The history requests of an agent. What one ends at may be others' events, which bring it no turn:
 * it is looked at whether the sweep has come there.
 *
 * <p>Threading: the delivery agent.
 */
final class HistoryRequests {
  private final PartitionFollows follows;
  private final Set<Connection> requests = new LinkedHashSet<>();

  HistoryRequests(PartitionFollows follows) {
    this.follows = follows;
  }

  /** A new connection; one of another kind is none of these. */
  void add(Connection connection) {
    if (connection.transport().kind() == Transport.Kind.HISTORY) {
      requests.add(connection);
    }
  }

  /** It is over. */
  void remove(Connection connection) {
    requests.remove(connection);
  }

  /** After a sweep: names those that are complete by it. */
  void swept(Consumer<Connection> onComplete) {
    for (Connection request : requests) {
      for (LaneReader reader : request.readers()) {
        reader.sweptTo(follows.sweptEnd(reader.partition()));
      }
      if (request.state() == Connection.State.OPEN && request.isComplete()) {
        onComplete.accept(request);
      }
    }
  }
}
