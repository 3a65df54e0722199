package dev.tailrace.edge.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How many connections this edge may hold, all delivery agents together. A connection counts from
 * before anything is done for it until its socket, or its request, is really over: also while
 * nobody has said whose it is, and while it is being ended.
 *
 * <p>Threading: any thread; the lock is held for a count only.
 */
public final class ConnectionAdmission {
  private final int max;
  private final Consumer<Transport.Kind> onRefused;

  @GuardedBy("this")
  private int held;

  @GuardedBy("this")
  private boolean closed;

  /**
   * Admits so many at a time.
   *
   * @param onRefused hears of each that is not admitted
   */
  public ConnectionAdmission(int max, Consumer<Transport.Kind> onRefused) {
    this.max = max;
    this.onRefused = onRefused;
  }

  /** Whether there is room for one more; then {@link #release} must be called once. */
  public boolean tryAdmit(Transport.Kind kind) {
    synchronized (this) {
      if (!closed && held < max) {
        held++;
        return true;
      }
    }
    onRefused.accept(kind);
    return false;
  }

  /** One that was admitted is over. */
  public synchronized void release() {
    held--;
    if (held == 0) {
      notifyAll();
    }
  }

  /** How many are held. */
  public synchronized int held() {
    return held;
  }

  /** Admits nobody from now on. */
  public synchronized void close() {
    closed = true;
  }

  /**
   * Waits until none is held.
   *
   * @return whether that came about within this time
   */
  public synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
    long deadlineNs = System.nanoTime() + atMost.toNanos();
    while (held > 0) {
      long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return true;
  }
}
