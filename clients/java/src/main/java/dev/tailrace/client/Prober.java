package dev.tailrace.client;

import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Tries better transports while a worse one holds the connection: each until its first word, since
 * a handshake alone says nothing of proxies that hold back what comes then.
 *
 * <p>Threading: owned by the client's thread.
 */
final class Prober {
  private static final long MOST_MS = 600_000;

  private final Client client;
  private final Ladder ladder;
  private @Nullable Link trial;
  private @Nullable Runnable next;
  private @Nullable Future<?> timer;

  Prober(Client client, Ladder ladder) {
    this.client = client;
    this.ladder = ladder;
  }

  /** Tries them after so long, and then again after twice as long. */
  void start(Link held, long afterMs) {
    if (!ladder.better().isEmpty()) {
      timer = client.owner().schedule(afterMs, () -> tryOne(held, 0, afterMs));
    }
  }

  private void tryOne(Link held, int rung, long ms) {
    List<Transport> better = ladder.better();
    if (rung >= better.size()) {
      start(held, Math.min(ms * 2, MOST_MS));
      return;
    }
    trial = new Link(client, better.get(rung), held.token(), true);
    next = () -> tryOne(held, rung + 1, ms);
    trial.open();
  }

  /** Whether this is the trial, and a better transport works again. */
  boolean succeeds(Link ended) {
    if (ended != trial) {
      return false;
    }
    Runnable then = next;
    trial = null;
    next = null;
    if (ended.isLive()) {
      ladder.climbTo(ended.transport());
      return true;
    }
    if (then != null) {
      then.run();
    }
    return false;
  }

  /** The connection is over; so is this. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
    Link ending = trial;
    trial = null;
    next = null;
    if (ending != null) {
      ending.close();
    }
  }
}
