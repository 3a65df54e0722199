package dev.tailrace.edge.limit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tailrace.edge.agent.EdgeClock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each key: so many at once, and then so many a second. Of a bucket is kept when
 * it will be full again, and nothing once it is. Beyond the bound on buckets the one that was
 * longest left alone is forgotten, as if it were full.
 *
 * <p>Threading: any thread; the lock is held for a look-up and an insertion only.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm">GCRA, the form that a
 *     bucket has here</a>
 */
public final class RateLimiter<K> {
  private static final long SECOND_NS = 1_000_000_000;
  private static final long MILLI_NS = 1_000_000;
  private static final int CLEANED_PER_TAKE = 2;

  private final long intervalNs;
  private final long depthNs;
  private final int maxKeys;
  private final EdgeClock clock;

  @GuardedBy("this")
  private final Map<K, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Bucket {
    private long fullAtNs;

    Bucket(long fullAtNs) {
      this.fullAtNs = fullAtNs;
    }
  }

  /**
   * All buckets are full.
   *
   * @param perSecond how many come back in a second; 0 for no limit
   * @param burst how many a full bucket has, 1 or more
   * @param maxKeys most buckets that are kept
   */
  public RateLimiter(int perSecond, int burst, int maxKeys, EdgeClock clock) {
    this.intervalNs = perSecond == 0 ? 0 : SECOND_NS / perSecond;
    this.depthNs = intervalNs * burst;
    this.maxKeys = maxKeys;
    this.clock = clock;
  }

  /**
   * Takes one of a key's bucket, if there is one.
   *
   * @return zero when it was taken, else how long it is until there is one
   */
  public Duration take(K key) {
    return intervalNs == 0 ? Duration.ZERO : takeAt(key, clock.monotonicMs() * MILLI_NS);
  }

  private synchronized Duration takeAt(K key, long nowNs) {
    clean(nowNs);
    Bucket bucket = buckets.computeIfAbsent(key, any -> new Bucket(nowNs));
    long fullAtNs = Math.max(nowNs, bucket.fullAtNs) + intervalNs;
    long waitNs = fullAtNs - nowNs - depthNs;
    if (waitNs > 0) {
      return Duration.ofNanos(waitNs);
    }
    bucket.fullAtNs = fullAtNs;
    return Duration.ZERO;
  }

  /** Those left alone longest come first; each turn lets go of more than it can add. */
  @GuardedBy("this")
  private void clean(long nowNs) {
    Iterator<Bucket> eldest = buckets.values().iterator();
    for (int i = 0; i < CLEANED_PER_TAKE && eldest.hasNext(); i++) {
      if (eldest.next().fullAtNs > nowNs && buckets.size() < maxKeys) {
        return;
      }
      eldest.remove();
    }
  }

  /** How many buckets are kept. */
  public synchronized int size() {
    return buckets.size();
  }
}
