package dev.tailrace.edge.delivery;

import dev.tailrace.schemas.LanePartition;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * The tails that partitions have lost lately: who was between two connections or polls then comes
 * back with a cursor that lies in one of them, and by now the partition may have grown past it.
 *
 * <p>A cursor's time says whether it was made before. One that has none is taken for such a one; so
 * a loss is remembered for two minutes only, for the same offsets are soon those of other events.
 *
 * <p>Threading: the delivery agent.
 */
final class LostTails {
  private static final long REMEMBERED_MS = 120_000;

  private record LostTail(long from, long to, long atMs) {}

  private final Map<LanePartition, LostTail> lately = new HashMap<>();
  private final InstantSource clock;

  LostTails(InstantSource clock) {
    this.clock = clock;
  }

  /** What lay from one offset on, and below another, was lost. */
  void add(LanePartition partition, long from, long to) {
    lately.put(partition, new LostTail(from, to, clock.millis()));
  }

  /** Where a reader that begins by a cursor has to go on: at its position, or before. */
  long resumePosition(LaneReader reader) {
    LostTail lost = lately.get(reader.partition());
    long position = reader.position();
    if (lost == null || position <= lost.from() || position > lost.to()) {
      return position;
    }
    boolean isRemembered = clock.millis() - lost.atMs() < REMEMBERED_MS;
    return isRemembered && reader.timeMs() < lost.atMs() ? lost.from() : position;
  }
}
