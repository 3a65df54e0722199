package dev.tailrace.edge.console;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.ProcessReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How often per second something happened between two reports of a process.
 *
 * <p>Threading: stateless.
 */
final class Rates {
  /** The years that can be written with four digits. */
  private static final long FIRST_SECOND = -62_135_596_800L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private Rates() {}

  /** To one decimal place. */
  static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }

  /** Null when one of them is not there, or they are not of two moments. */
  static @Nullable Double between(
      @Nullable ProcessReport before, ProcessReport report, ToLongFunction<ProcessReport> count) {
    if (before == null) {
      return null;
    }
    long ms = Duration.between(at(before), at(report)).toMillis();
    long more = count.applyAsLong(report) - count.applyAsLong(before);
    return ms <= 0 || more < 0 ? null : rounded(more * 1_000.0 / ms);
  }

  /** Of those known; null when none of several is known. */
  static @Nullable Double sum(List<@Nullable Double> rates) {
    if (!rates.isEmpty() && rates.stream().allMatch(Objects::isNull)) {
      return null;
    }
    double sum = 0;
    for (Double rate : rates) {
      sum += rate == null ? 0 : rate;
    }
    return rounded(sum);
  }

  static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(count -> count).sum();
  }

  static Instant at(ProcessReport report) {
    return instant(report.getAt());
  }

  /** As near as can be: whoever may write a report may write any number into it. */
  static Instant instant(Timestamp time) {
    long seconds = Math.clamp(time.getSeconds(), FIRST_SECOND, LAST_SECOND);
    return Instant.ofEpochSecond(seconds, Math.clamp(time.getNanos(), 0, 999_999_999));
  }
}
