package dev.tailrace.edge.transport.websocket;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Lets a client have so many commands outstanding; the next frame is read only when there is room
 * for one more. So a client that sends faster than it is served waits in its own socket, and the
 * delivery agent's queue holds no more than this for each connection.
 *
 * <p>Threading: any thread; reading on is asked for outside the lock.
 */
final class CommandWindow {
  /** Enough to publish over a round trip to Kafka; a window of one would wait for each. */
  static final int MAX_OUTSTANDING = 16;

  private final Runnable readOn;

  @GuardedBy("this")
  private int outstanding;

  @GuardedBy("this")
  private boolean waiting;

  @GuardedBy("this")
  private boolean open;

  /** A window that asks by this for the client to be read on. */
  CommandWindow(Runnable readOn) {
    this.readOn = readOn;
  }

  /** A command is on its way. */
  synchronized void begin() {
    outstanding++;
  }

  /** From now on there is always room. */
  void open() {
    synchronized (this) {
      open = true;
      if (!waiting) {
        return;
      }
      waiting = false;
    }
    readOn.run();
  }

  /** Whether to read on now; otherwise it is asked for once there is room. */
  synchronized boolean mayGoOn() {
    if (!open && outstanding >= MAX_OUTSTANDING) {
      waiting = true;
    }
    return !waiting;
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
    readOn.run();
  }
}
