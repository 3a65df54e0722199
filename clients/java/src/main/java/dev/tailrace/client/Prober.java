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
  private final long firstMs;
  private long afterMs;
  private @Nullable Link trial;
  private @Nullable Runnable next;
  private @Nullable Future<?> timer;

  Prober(Client client, Ladder ladder) {
    this.client = client;
    this.ladder = ladder;
    firstMs = client.options().probeMs;
    afterMs = firstMs;
  }

  /** How long it waits before it tries them, or tries them again. */
  long afterMs() {
    return afterMs;
  }

  /** Tries them after a while, and then again after twice as long. */
  void start(Link held) {
    if (!ladder.better().isEmpty()) {
      timer = client.owner().schedule(afterMs, () -> begin(held));
    }
  }

  /** A connection lasted: what was true of the network then need not be any more. */
  void reset() {
    afterMs = firstMs;
  }

  private void begin(Link held) {
    afterMs = Math.min(afterMs * 2, MOST_MS);
    tryOne(held, 0);
  }

  private void tryOne(Link held, int rung) {
    List<Transport> better = ladder.better();
    if (rung >= better.size()) {
      start(held);
      return;
    }
    trial = new Link(client, better.get(rung), held.token(), true);
    next = () -> tryOne(held, rung + 1);
    trial.open();
  }

  /**
   * A connection that is not the one in use has ended.
   *
   * @return whether it was the trial, and a better transport works again
   */
  boolean succeeds(Link ended, End end) {
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
    afterMs = Math.max(afterMs, Backoff.capped(end.afterMs()));
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
