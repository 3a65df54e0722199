package dev.tailrace.dispatcher.pump;

import java.util.List;

/**
 * A pump as it last described itself.
 *
 * @param reason why it is not ready, in words; empty when it is
 * @param atMs when it did
 * @param restarts how often it has started again from its commit
 * @param commitAgeMs age of its last acknowledged commit
 */
public record PumpStatus(
    String name,
    PumpState state,
    String reason,
    long atMs,
    int restarts,
    long inFlightBytes,
    long commitAgeMs,
    List<Source> sources) {
  /** Before its first turn. */
  static PumpStatus initial(String name, long nowMs) {
    return new PumpStatus(name, PumpState.JOINING, "not started yet", nowMs, 0, 0, 0, List.of());
  }

  /** Whether all that it was given is being delivered. */
  public boolean isReady() {
    return state == PumpState.RUNNING && reason.isEmpty();
  }

  /**
   * One source partition of it.
   *
   * @param position next ingress offset to read; -1 while unknown
   * @param acknowledged every event below has all its copies in the lanes
   * @param waiting events read and not acknowledged
   */
  public record Source(
      String topic,
      int partition,
      SourceState state,
      long position,
      long acknowledged,
      int waiting) {}
}
