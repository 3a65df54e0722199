package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.LanePartition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tails that partitions have lost lately: who was between two connections or polls then comes
 * back with a cursor that lies in one of them, and by now the partition may have grown past it.
 *
 * <p>A cursor's time says whether it was made before. One that has none is taken for such a one; so
 * a loss is remembered for two minutes only, for the same offsets are soon those of other events.
 *
 * <p>Threading: the tail adds; any thread asks.
 */
public final class LostTails {
  /** No offset. */
  public static final long NONE = -1;

  private static final long REMEMBERED_MS = 120_000;
  private static final long SECOND_MS = 1_000;

  private record LostTail(long from, long to, long atMs) {
    LostTail and(LostTail other) {
      return new LostTail(
          Math.min(from, other.from), Math.max(to, other.to), Math.max(atMs, other.atMs));
    }
  }

  private final Map<LanePartition, LostTail> lately = new ConcurrentHashMap<>();
  private final EdgeClock clock;

  LostTails(EdgeClock clock) {
    this.clock = clock;
  }

  /** What lay from one offset on, and below another, was lost. */
  void add(LanePartition partition, long from, long to) {
    lately.merge(
        partition,
        new LostTail(from, to, clock.millis()),
        (before, now) -> isRemembered(before) ? before.and(now) : now);
  }

  /**
   * The first offset of a tail that was lost to who holds a cursor: he had come into it, and has to
   * go back there, or he had not, and lacks all of it. {@link #NONE} when no tail was.
   *
   * @param timeMs up to when its holder had everything, in whole seconds; 0 when that is not known
   */
  public long firstLost(LanePartition partition, long position, long timeMs) {
    LostTail lost = lately.get(partition);
    if (lost == null || position > lost.to() || !isRemembered(lost)) {
      return NONE;
    }
    return timeMs + SECOND_MS <= lost.atMs() ? lost.from() : NONE;
  }

  private boolean isRemembered(LostTail lost) {
    return clock.millis() - lost.atMs() < REMEMBERED_MS;
  }
}
