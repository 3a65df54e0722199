package dev.tailrace.edge.publish;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * How many things, and how many bytes of them, may be held at once. It refuses instead of waiting.
 *
 * <p>Threading: any thread.
 */
public final class InFlightBudget {
  private final int maxCount;
  private final long maxBytes;

  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private long bytes;

  /** Of these bounds. */
  public InFlightBudget(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** Takes room for so many more, or none at all and false. */
  public synchronized boolean take(int moreCount, long moreBytes) {
    if (count + moreCount > maxCount || bytes + moreBytes > maxBytes) {
      return false;
    }
    count += moreCount;
    bytes += moreBytes;
    return true;
  }

  /** Gives room back. */
  public synchronized void release(int lessCount, long lessBytes) {
    count -= lessCount;
    bytes -= lessBytes;
  }

  /** How many are held. */
  public synchronized int count() {
    return count;
  }

  /** How many bytes are held. */
  public synchronized long bytes() {
    return bytes;
  }
}
