package dev.tailrace.benchmarks;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Publishes at an even rate. When each event is due is fixed in advance: one that is late carries
 * its due time all the same, and those after it do not move.
 *
 * <p>Threading: {@link #publish} on a thread that has nothing else to do; {@link #stop} on any.
 */
final class Pacer {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long SHORTEST_PARK_NS = 50_000;

  private final LoadPublisher publisher;
  private final Published published;
  private final LoadPlan plan;
  private final int run;
  private final LongSupplier nanoTime;
  private final AtomicBoolean stopped = new AtomicBoolean();

  Pacer(
      LoadPublisher publisher, Published published, LoadPlan plan, int run, LongSupplier nanoTime) {
    this.publisher = publisher;
    this.published = published;
    this.plan = plan;
    this.run = run;
    this.nanoTime = nanoTime;
  }

  /** Publishes all that is due between these two moments; returns how many events that were. */
  long publish(long startNs, long endNs, int rate) {
    long nowNs = nanoTime.getAsLong();
    for (long i = 0; !stopped.get(); i++) {
      long dueNs = startNs + dueAfterNs(i, rate);
      if (dueNs >= endNs) {
        publisher.flush();
        return i;
      }
      if (nowNs < dueNs) {
        publisher.flush();
        nowNs = nanoTime.getAsLong(); // publishing has taken its time too
      }
      while (nowNs < dueNs && !stopped.get()) {
        LockSupport.parkNanos(Math.max(SHORTEST_PARK_NS, dueNs - nowNs));
        nowNs = nanoTime.getAsLong();
      }
      int address = (int) (i % plan.addresses());
      publisher.publish(address, Stamp.ofRun(run, published.next(address)), dueNs);
    }
    return 0;
  }

  /** By whole seconds first: the product of the rest cannot overflow. */
  private static long dueAfterNs(long event, int rate) {
    return event / rate * SECOND_NS + event % rate * SECOND_NS / rate;
  }

  /** The rest is not published. */
  void stop() {
    stopped.set(true);
  }
}
