package dev.tailrace.edge.transport.websocket;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Lets a client have so many commands outstanding; the next frame is asked for only when there is
 * room for one more. So a client that sends faster than it is served waits in its own socket, and
 * the delivery agent's queue holds no more than this for each connection.
 *
 * <p>Threading: any thread; frames are asked for outside the lock.
 */
final class CommandWindow {
  /** Enough to publish over a round trip to Kafka; a window of one would wait for each. */
  static final int MAX_OUTSTANDING = 16;

  private final Runnable demand;

  @GuardedBy("this")
  private int outstanding;

  @GuardedBy("this")
  private boolean waiting;

  /** A window that asks for a frame by this. */
  CommandWindow(Runnable demand) {
    this.demand = demand;
  }

  /** A command is on its way. */
  synchronized void begin() {
    outstanding++;
  }

  /** Asks for the next frame, now or when there is room. */
  void demandNext() {
    synchronized (this) {
      if (outstanding >= MAX_OUTSTANDING) {
        waiting = true;
        return;
      }
    }
    demand.run();
  }

  /** A command has been dealt with. */
  void end() {
    synchronized (this) {
      outstanding--;
      if (!waiting || outstanding >= MAX_OUTSTANDING) {
        return;
      }
      waiting = false;
    }
    demand.run();
  }
}
