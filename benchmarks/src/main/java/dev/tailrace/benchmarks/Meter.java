package dev.tailrace.benchmarks;

import org.HdrHistogram.Histogram;

/**
 * What is measured now: counts, and the latencies of events that were due within a window. A
 * latency is the time of the read less the time at which the event was <em>due</em>, so that a
 * publisher, a server or a client that falls behind shows (no coordinated omission).
 *
 * <p>Threading: the load client's thread.
 */
final class Meter {
  private static final long LONGEST_NS = 120_000_000_000L;
  private static final int DIGITS = 3;

  final int run;

  /** When the bytes being looked at were read. */
  long readNs;

  private final Tally tally = new Tally();
  private final Tally slow = new Tally();
  private final Histogram latencies = new Histogram(LONGEST_NS, DIGITS);
  private long fromNs = Long.MAX_VALUE;
  private long toNs = Long.MAX_VALUE;
  private long worstNs;

  Meter(int run) {
    this.run = run;
  }

  /** Begins anew, with latencies of what is due between two moments of {@code System.nanoTime}. */
  void begin(long newFromNs, long newToNs) {
    latencies.reset();
    tally.reset();
    slow.reset();
    fromNs = newFromNs;
    toNs = newToNs;
  }

  Tally tally() {
    return tally;
  }

  /** Of the connections that read slowly. */
  Tally slow() {
    return slow;
  }

  Histogram latencies() {
    return latencies;
  }

  void record(long dueNs) {
    long latencyNs = Math.max(0, readNs - dueNs);
    worstNs = Math.max(worstNs, latencyNs);
    if (dueNs >= fromNs && dueNs < toNs) {
      latencies.recordValue(Math.min(latencyNs, LONGEST_NS));
    }
  }

  /** The longest latency since the last time this was asked. */
  long takeWorstNs() {
    long worst = worstNs;
    worstNs = 0;
    return worst;
  }
}
