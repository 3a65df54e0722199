package dev.tailrace.edge.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The streams of an agent that is to have none, one after the other in no order of theirs, evenly
 * over a time.
 *
 * <p>Threading: the delivery agent.
 */
final class ConnectionDrain {
  private final List<Connection> all;
  private final long startMs;
  private final long windowMs;
  private int ended;

  private ConnectionDrain(List<Connection> all, long startMs, long windowMs) {
    this.all = all;
    this.startMs = startMs;
    this.windowMs = windowMs;
  }

  /** Begins now; those that are answers end by themselves. */
  static ConnectionDrain of(
      Collection<Connection> connections, long nowMs, long windowMs, RandomGenerator random) {
    List<Connection> streams = new ArrayList<>(connections);
    streams.removeIf(connection -> connection.transport().kind().isAnswer());
    Collections.shuffle(streams, random);
    return new ConnectionDrain(streams, nowMs, windowMs);
  }

  /** Ends those whose time has come; returns how many. */
  int endDue(long nowMs, Consumer<Connection> end) {
    int before = ended;
    while (ended < all.size() && nowMs - startMs >= windowMs * (ended + 1) / all.size()) {
      end.accept(all.get(ended)); // some may have gone by themselves
      ended++;
    }
    return ended - before;
  }
}
