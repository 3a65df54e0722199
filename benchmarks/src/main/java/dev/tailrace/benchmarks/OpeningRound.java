package dev.tailrace.benchmarks;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One opening of all connections: which comes next, what failed, and when it is over.
 *
 * <p>Threading: the load client's thread.
 */
final class OpeningRound {
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(60);

  private final CompletableFuture<Opening> asked;
  private final int connections;
  private final int endedBefore;
  private final long startedNs;
  private final Histogram latencies = new Histogram(LONGEST_NS, 3);
  private int next;
  private int failed;

  /** How it went; what failed was closed again. */
  record Opening(int ready, int failed, String firstFailure, long tookNs, Histogram latencies) {}

  /**
   * Begins.
   *
   * @param asked is completed when every connection is open or has failed
   * @param endedBefore how many connections the server had ended by now
   */
  OpeningRound(CompletableFuture<Opening> asked, int connections, int endedBefore, long startedNs) {
    this.asked = asked;
    this.connections = connections;
    this.endedBefore = endedBefore;
    this.startedNs = startedNs;
  }

  boolean hasNext() {
    return next < connections;
  }

  /** The number of the next connection to open. */
  int next() {
    return next++;
  }

  void onFailed() {
    failed++;
  }

  void onOpen(long tookNs) {
    latencies.recordValue(Math.min(tookNs, LONGEST_NS));
  }

  boolean isLate(long nowNs, Duration within) {
    return nowNs - startedNs > within.toNanos();
  }

  /** Whether all connections are ready or will not be; whoever asked has been told then. */
  boolean isOver(int ready, int ended, String firstFailure) {
    if (ready + failed + ended - endedBefore < connections) {
      return false;
    }
    asked.complete(
        new Opening(
            ready,
            connections - ready,
            firstFailure,
            System.nanoTime() - startedNs,
            latencies.copy()));
    return true;
  }

  void fail(Throwable cause) {
    asked.completeExceptionally(cause);
  }
}
