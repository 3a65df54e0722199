package dev.tailrace.benchmarks.fleet;

import dev.tailrace.benchmarks.ResumingClients.Counts;
import dev.tailrace.benchmarks.ResumingClients.Resume;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * What a scenario found, by name.
 *
 * <p>Threading: one thread's.
 */
final class Figures {
  private static final double MS = 1e6;

  private final Map<String, Object> values = new LinkedHashMap<>();

  static void pause(long ms) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
  }

  /** One figure; what it is in is a part of its name. */
  Figures put(String name, double value) {
    values.put(name, Math.round(value * 1_000) / 1_000.0);
    return this;
  }

  /** A number of things. */
  Figures count(String name, long number) {
    values.put(name, number);
    return this;
  }

  /** What all clients have seen. */
  Figures put(Counts counts) {
    return count("delivered", counts.delivered())
        .count("lost", counts.lost() + counts.outstanding())
        .count("duplicates", counts.duplicates())
        .count("out_of_order", counts.misordered())
        .count("gaps", counts.gaps())
        .count("refused_attempts", counts.refused());
  }

  /** Of the ways back, from when each attempt began: until it was open, and had caught up. */
  Figures put(String name, List<Resume> resumes) {
    count(name + "_count", resumes.size());
    percentiles(name + "_open_ms", resumes, one -> one.readyNs() - one.startedNs());
    percentiles(name + "_caught_up_ms", resumes, one -> one.caughtUpNs() - one.startedNs());
    return this;
  }

  private void percentiles(String name, List<Resume> resumes, ToLongFunction<Resume> what) {
    long[] sorted = resumes.stream().mapToLong(what).sorted().toArray();
    if (sorted.length > 0) {
      put(name + "_p50", sorted[sorted.length / 2] / MS);
      put(
          name + "_p99",
          sorted[(int) Math.min(sorted.length - 1L, sorted.length * 99L / 100)] / MS);
      put(name + "_max", sorted[sorted.length - 1] / MS);
    }
  }

  /** How late events came. */
  Figures put(String name, Histogram latenciesMs) {
    return count(name + "_events", latenciesMs.getTotalCount())
        .count(name + "_ms_p50", latenciesMs.getValueAtPercentile(50))
        .count(name + "_ms_p99", latenciesMs.getValueAtPercentile(99))
        .count(name + "_ms_max", latenciesMs.getMaxValue());
  }

  /** In how many seconds from then on the last one had caught up. */
  Figures putLast(String name, long fromNs, List<Resume> resumes) {
    long last = resumes.stream().mapToLong(Resume::caughtUpNs).max().orElse(fromNs);
    return put(name, (last - fromNs) / 1e9);
  }

  /** How many came back in the busiest second, and in the mean of a window. */
  Figures putPerSecond(List<Resume> resumes, long fromNs, int windowSeconds) {
    long[] perSecond = new long[windowSeconds + 60];
    for (Resume one : resumes) {
      int second = (int) TimeUnit.NANOSECONDS.toSeconds(one.readyNs() - fromNs);
      if (second >= 0 && second < perSecond.length) {
        perSecond[second]++;
      }
    }
    double mean = (double) resumes.size() / windowSeconds;
    long most = Arrays.stream(perSecond).max().orElse(0);
    return put("reconnects_per_second_mean", mean)
        .count("reconnects_per_second_max", most)
        .put("max_to_mean", most / mean);
  }

  /** In the order in which they were put. */
  Map<String, Object> values() {
    return values;
  }
}
