package dev.tailrace.dispatcher.pump;

import dev.tailrace.schemas.SourceId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pump as it last described itself.
 *
 * @param reason why it is not ready, in words; empty when it is
 * @param atMs when it did
 * @param restarts how often it has started again from its commit
 * @param commitAgeMs age of its last acknowledged commit
 * @param hold whether it waits for the fence of a version of the slot map
 */
public record PumpStatus(
    String name,
    PumpState state,
    String reason,
    long atMs,
    int restarts,
    long inFlightBytes,
    long commitAgeMs,
    Hold hold,
    List<Source> sources) {
  /**
   * That it reads no further until a version of the slot map has its fence.
   *
   * @param version that is announced; 0 when nothing is waited for
   * @param sinceMs since when
   * @param confirmed whether its last poll has returned and the group has then taken a commit of it
   */
  public record Hold(int version, long sinceMs, boolean confirmed) {
    /** Nothing is waited for. */
    public static final Hold NONE = new Hold(0, 0, false);
  }

  /** Before its first turn. */
  static PumpStatus initial(String name, long nowMs) {
    return new PumpStatus(
        name, PumpState.JOINING, "not started yet", nowMs, 0, 0, 0, Hold.NONE, List.of());
  }

  /** Whether all that it was given is being delivered. */
  public boolean isReady() {
    return state == PumpState.RUNNING && reason.isEmpty();
  }

  /** How many records it has not read yet, as far as that is known. */
  public long lag() {
    return sources.stream().mapToLong(Source::lag).sum();
  }

  /**
   * One source partition of it.
   *
   * @param id null before it is looked up
   * @param position next ingress offset to read; -1 while unknown
   * @param acknowledged every event below has all its copies in the lanes
   * @param waiting events read and not acknowledged
   * @param committed the last offset known to be committed; -1 when none is
   * @param committedAtMs when that commit was sent; 0 when another process sent it
   * @param logEnd where the partition ended, by the last fetch of it; -1 while that is not known
   */
  public record Source(
      String topic,
      int partition,
      @Nullable SourceId id,
      SourceState state,
      long position,
      long acknowledged,
      int waiting,
      long committed,
      long committedAtMs,
      long logEnd) {
    /** How many records are not read yet; 0 while that is not known. */
    long lag() {
      return position < 0 ? 0 : Math.max(0, logEnd - position);
    }
  }
}
