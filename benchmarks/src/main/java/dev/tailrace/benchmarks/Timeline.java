package dev.tailrace.benchmarks;

import dev.tailrace.benchmarks.BenchResult.Second;
import dev.tailrace.benchmarks.LoadClient.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What came and what was used, in rows of a second. A row that comes late tells of all the time
 * since the one before; those whose moment has passed by then are left out, as nothing is known of
 * them.
 *
 * <p>Threading: the caller's.
 */
final class Timeline {
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final long startNs;
  private final List<Second> rows = new ArrayList<>();
  private Counts counts;
  private Samples samples;
  private int second;

  /**
   * Begins.
   *
   * @param startNs its seconds are counted from here
   * @param counts what there was before
   * @param samples as well
   */
  Timeline(long startNs, Counts counts, Samples samples) {
    this.startNs = startNs;
    this.counts = counts;
    this.samples = samples;
  }

  /** When the next row is due. */
  long dueNs() {
    return startNs + (second + 1) * SECOND_NS;
  }

  /** A row with what has been since the one before. */
  Second add(Counts newCounts, Samples newSamples) {
    second =
        Math.max(second + 1, (int) Math.round((double) (newCounts.atNs() - startNs) / SECOND_NS));
    Second row =
        new Second(
            second,
            (newCounts.tally().delivered - counts.tally().delivered)
                * (double) SECOND_NS
                / (newCounts.atNs() - counts.atNs()),
            BenchResult.ms(newCounts.worstNs()),
            newSamples.since(samples));
    rows.add(row);
    counts = newCounts;
    samples = newSamples;
    return row;
  }

  List<Second> rows() {
    return rows;
  }
}
