package dev.tailrace.support.kafka;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps polls that brought records a while apart, so that the next brings more. A fetch costs its
 * client and its broker the same whatever it brings, and left alone a consumer fetches as often as
 * a record comes: at a thousand records a second each of them pays for a fetch. The first record
 * after a quiet while waits for nothing, and a poll that brought many is followed at once.
 *
 * <p>A record waits for two such whiles at most: in its broker for the fetch, which the client
 * library sends when a poll returns, and in the library for the poll.
 *
 * <p>Threading: the consumer's.
 */
public final class PollPace {
  /** Of so many records the cost of a fetch is a small part. */
  private static final int MANY_RECORDS = 250;

  private final long shortestNs;
  private boolean waits;
  private long polledNs;

  /**
   * A pace that nothing was polled at yet.
   *
   * @param shortest from one poll that brought records to the next; none for no pace
   */
  public PollPace(Duration shortest) {
    this.shortestNs = shortest.toNanos();
  }

  /** Waits until the next poll is due; an unpark or an interrupt ends it. */
  public void await() {
    long waitNs = waitNs(System.nanoTime());
    if (waitNs > 0) {
      LockSupport.parkNanos(this, waitNs);
    }
  }

  /** A poll has brought so many records. */
  public void polled(int records) {
    polled(records, System.nanoTime());
  }

  long waitNs(long nowNs) {
    return waits ? Math.max(0, shortestNs - (nowNs - polledNs)) : 0;
  }

  void polled(int records, long nowNs) {
    waits = records > 0 && records < MANY_RECORDS;
    polledNs = nowNs;
  }
}
