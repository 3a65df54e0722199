package dev.tailrace.edge.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
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
  private final Lock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private final List<Runnable> closers = new CopyOnWriteArrayList<>();

  @GuardedBy("lock")
  private int held;

  @GuardedBy("lock")
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
    if (takeOne()) {
      return true;
    }
    onRefused.accept(kind);
    return false;
  }

  private boolean takeOne() {
    lock.lock();
    try {
      if (closed || held >= max) {
        return false;
      }
      held++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** One that was admitted is over. */
  public void release() {
    lock.lock();
    try {
      held--;
      if (held == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many are held. */
  public int held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** Names somebody who ends, at {@link #close}, connections that no delivery agent knows yet. */
  public void onClose(Runnable closer) {
    closers.add(closer);
  }

  /** Admits nobody from now on. */
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    closers.forEach(Runnable::run);
  }

  /**
   * Waits until none is held.
   *
   * @return whether that came about within this time
   */
  public boolean awaitNone(Duration atMost) throws InterruptedException {
    long leftNs = atMost.toNanos();
    lock.lock();
    try {
      while (held > 0) {
        if (leftNs <= 0) {
          return false;
        }
        leftNs = none.awaitNanos(leftNs);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
