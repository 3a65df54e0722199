package dev.tailrace.edge.control;

import com.google.protobuf.Timestamp;

/**
 * Moments of records, as milliseconds since the epoch.
 *
 * <p>Threading: stateless.
 */
final class ControlTime {
  /** The last second that Protobuf allows, 9999-12-31T23:59:59Z. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  private ControlTime() {}

  static long millis(Timestamp moment) {
    return 1_000 * Math.clamp(moment.getSeconds(), -MAX_SECONDS, MAX_SECONDS)
        + Math.clamp(moment.getNanos(), 0, 999_999_999) / 1_000_000;
  }
}
