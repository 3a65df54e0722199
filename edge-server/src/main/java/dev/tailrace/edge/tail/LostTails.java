package dev.tailrace.edge.tail;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.LanePartition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tails that partitions have lost lately: who was between two connections or polls then comes
 * back with a cursor that lies in one of them, and by now the partition may have grown past it.
 *
 * <p>A cursor's time says whether it was made before. One that has none, or that may be of before,
 * is taken for such a one, unless it says that its holder was told; so a loss is remembered for two
 * minutes only, for the same offsets are soon those of other events.
 *
 * <p>Threading: the tail adds; any thread asks.
 */
public final class LostTails {
  private static final long REMEMBERED_MS = 120_000;

  /** A cursor's time may be that of a record: brokers take none that is further ahead of theirs. */
  private static final long CLOCKS_APART_MS = 5_000;

  /**
   * What lay from one offset on, and below another.
   *
   * @param atMs when it was found out; later than of any before
   */
  public record LostTail(long from, long to, long atMs) {
    private LostTail and(LostTail other) {
      return new LostTail(
          Math.min(from, other.from), Math.max(to, other.to), Math.max(atMs, other.atMs));
    }
  }

  private final Map<LanePartition, LostTail> lately = new ConcurrentHashMap<>();
  private final EdgeClock clock;
  private long lastMs;

  LostTails(EdgeClock clock) {
    this.clock = clock;
  }

  /** What lay from one offset on, and below another, was lost; returns when that was. */
  synchronized long add(LanePartition partition, long from, long to) {
    lastMs = Math.max(lastMs + 1, clock.millis());
    if (from < to) {
      lately.merge(
          partition,
          new LostTail(from, to, lastMs),
          (before, now) -> isRecent(before.atMs()) ? before.and(now) : now);
    }
    return lastMs;
  }

  /**
   * A tail that was lost to who holds a cursor, and was not told: he had come into it, and has to
   * go back to where it began, or he had not, and lacks all of it. Null when there is none.
   *
   * @param timeMs up to when its holder had everything, in whole seconds; 0 when that is not known
   * @param toldMs the {@link LostTail#atMs} that he was told of last; 0 when he never was
   */
  public @Nullable LostTail untold(
      LanePartition partition, long position, long timeMs, long toldMs) {
    LostTail lost = lately.get(partition);
    boolean untold =
        lost != null
            && position <= lost.to()
            && isRecent(lost.atMs())
            && toldMs < lost.atMs()
            && timeMs <= lost.atMs() + CLOCKS_APART_MS;
    return untold ? lost : null;
  }

  /** Whether what was lost at that time is remembered. */
  public boolean isRecent(long atMs) {
    return clock.millis() - atMs < REMEMBERED_MS;
  }
}
