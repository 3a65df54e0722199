package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.LastEventsSearch;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.log.LogEntry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of a reader that is not for all from a known position on: where it begins, as asked for and then
 * as found; where its addresses do not all begin at once, from where on each is given something;
 * and where it stops.
 *
 * <p>Threading: the connection's delivery agent.
 */
final class ReaderRange {
  private final @Nullable StartPosition start;
  private final boolean bounded;
  private final long untilMs;
  private boolean begun;
  private long stopAt = Long.MAX_VALUE;
  private long approximateFromMs = -1;
  private @Nullable LastEventsSearch search;
  private Map<String, Long> firsts = Map.of();
  private long allBegun = Long.MIN_VALUE;

  private ReaderRange(@Nullable StartPosition start, boolean bounded, long untilMs) {
    this.start = start;
    this.begun = start == null;
    this.bounded = bounded;
    this.untilMs = untilMs;
  }

  /** That of a stream, or a poll. */
  static ReaderRange from(StartPosition start) {
    return new ReaderRange(start, false, ConnectionRequest.PRESENT);
  }

  /**
   * That of a history request.
   *
   * @param start null when the reader's position is known
   * @param untilMs see {@link ConnectionRequest}
   */
  static ReaderRange between(@Nullable StartPosition start, long untilMs) {
    return new ReaderRange(start, true, untilMs);
  }

  /**
   * Of a reader that goes on in another partition, which has what came after a time: a later one to
   * begin at counts there as well, and that nothing is missed which is no more.
   */
  @Nullable ReaderRange elsewhere(long afterMs) {
    boolean counts =
        start instanceof StartPosition.Earliest
            || (start instanceof StartPosition.Since since && since.timestampMs() >= afterMs);
    return counts || bounded ? new ReaderRange(counts ? start : null, bounded, untilMs) : null;
  }

  /** It begins by the time at which a cursor of elsewhere was made. */
  void setApproximate(long fromMs) {
    approximateFromMs = fromMs;
  }

  /** That time; negative when it does not. */
  long approximateFromMs() {
    return approximateFromMs;
  }

  /** Whether it has an end. */
  boolean isBounded() {
    return bounded;
  }

  /** Where it ends; the last position there is while that is not known. */
  long stopAt() {
    return stopAt;
  }

  /** What is to be asked next; null when nothing is. */
  @Nullable StartPosition unknown() {
    if (isStopUnknown()) {
      return untilMs == ConnectionRequest.PRESENT
          ? StartPosition.LATEST
          : new StartPosition.Since(untilMs);
    }
    return unknownStart();
  }

  /** Where it begins, as long as that is not known; null when it is. */
  @Nullable StartPosition unknownStart() {
    return begun ? null : start;
  }

  /** Whether its end is to be asked for: it may count for where it begins. */
  boolean isStopUnknown() {
    return bounded && stopAt == Long.MAX_VALUE;
  }

  /** Its end is there. */
  void stopAt(long position) {
    stopAt = position;
  }

  /** It begins at a position, and does not end before that. */
  void beginAt(long position) {
    if (bounded) {
      stopAt = Math.max(position, stopAt);
    }
  }

  /** It is being searched for. */
  void setSearch(LastEventsSearch asking) {
    search = asking;
  }

  /** Nobody waits for it any more. */
  void cancel() {
    if (search != null) {
      search.cancel();
    }
  }

  /** Its position is known. */
  void begin() {
    begun = true;
  }

  /** Each address begins at its own offset. */
  void begin(Map<String, Long> offsets) {
    begun = true;
    firsts = offsets;
    allBegun = offsets.values().stream().mapToLong(offset -> offset).max().orElse(Long.MIN_VALUE);
  }

  /** What lies from this offset on by now is newer than what was found there. */
  void lostFrom(long offset) {
    Map<String, Long> surviving = new HashMap<>(firsts);
    surviving.replaceAll((address, first) -> Math.min(first, offset));
    firsts = surviving;
    allBegun = Math.min(allBegun, offset);
  }

  /** Whether an event lies before where its channel begins. A user's own address is alone. */
  boolean beginsBehind(LogEntry entry) {
    String channel = entry.channel();
    return entry.offset() < allBegun
        && channel != null
        && entry.offset() < firsts.getOrDefault(channel, Long.MIN_VALUE);
  }
}
