package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.LoadClient.Counts;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * How a run waits: until somebody wants it to stop.
 *
 * <p>Threading: the caller's, which is the run's.
 *
 * @param stop waits for so long at most; true when the run is to be given up
 */
record Patience(Predicate<Duration> stop) {
  /**
   * Waits for so long.
   *
   * @throws BenchException when the run is to be given up
   */
  void pause(Duration time) {
    if (stop.test(time)) {
      throw new BenchException("stopped");
    }
  }

  /**
   * Waits until all that is outstanding has come, or nothing more of it has for so long.
   *
   * @throws BenchException when the run is to be given up
   */
  Counts awaitOutstanding(LoadClient client, Duration lookEvery, Duration longestSilence) {
    Counts counts = client.counts().join();
    long delivered = -1;
    long sinceNs = System.nanoTime();
    while (counts.outstanding() > 0 && System.nanoTime() - sinceNs < longestSilence.toNanos()) {
      pause(lookEvery);
      counts = client.counts().join();
      if (counts.tally().delivered > delivered) {
        delivered = counts.tally().delivered;
        sinceNs = System.nanoTime();
      }
    }
    return counts;
  }
}
