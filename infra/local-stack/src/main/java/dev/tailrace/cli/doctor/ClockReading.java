package dev.tailrace.cli.doctor;

import java.time.Duration;
import java.util.Locale;

/**
 * How far somebody's clock is ahead of another: between these two, behind when less than 0.
 *
 * @param whose clock it is, in words
 * @param leastMs the least that it can be
 * @param mostMs the most
 */
record ClockReading(String whose, long leastMs, long mostMs) {
  private static final String CHECK = "clocks";
  private static final String THIS = "this machine's";

  /**
   * A clock that showed this at some moment between two of this machine's.
   *
   * @param resolutionMs in what steps it is shown, cut off below
   */
  static ClockReading of(
      String whose, long shownMs, long resolutionMs, long earliestMs, long latestMs) {
    return new ClockReading(whose, shownMs - latestMs, shownMs + resolutionMs - earliestMs);
  }

  /** The same against another clock. */
  ClockReading against(ClockReading other) {
    return new ClockReading(whose, leastMs - other.mostMs, mostMs - other.leastMs);
  }

  /** Against this machine's. */
  Finding finding(Duration limit) {
    return finding(limit, THIS);
  }

  /**
   * Only what is surely so is told.
   *
   * @param limit what differs by more is a problem, by half of it a warning
   */
  Finding finding(Duration limit, String than) {
    long surelyMs = leastMs > 0 ? leastMs : Math.min(mostMs, 0);
    String text = "%s %s %s".formatted(whose, difference(surelyMs), than);
    String mend = "set the clocks, and keep them so (chrony, ntpd): guarantees allow for %d s";
    if (Math.abs(surelyMs) > limit.toMillis()) {
      return Finding.problem(CHECK, text, mend.formatted(limit.toSeconds()));
    }
    return Math.abs(surelyMs) > limit.toMillis() / 2
        ? Finding.warning(CHECK, text, mend.formatted(limit.toSeconds()))
        : Finding.ok(
            CHECK,
            "%s agrees with %s, as far as %.1f s can be told"
                .formatted(whose, than, (mostMs - leastMs) / 1_000.0));
  }

  private static String difference(long surelyMs) {
    return String.format(
        Locale.ROOT,
        "is at least %.1f s %s",
        Math.abs(surelyMs) / 1_000.0,
        surelyMs > 0 ? "ahead of" : "behind");
  }
}
