package dev.tailrace.edge.cursor;

import dev.tailrace.schemas.LanePartition;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A resume point: per lane partition the next offset to read, in the log that the tag names.
 *
 * <p>Threading: immutable.
 */
public final class Cursor {
  private final String tag;
  private final SortedMap<LanePartition, Long> positions;
  private final long lossToldMs;
  private final OptionalLong basisSeconds;

  /** A cursor whose holder was told of no lost tail. */
  public Cursor(String tag, Map<LanePartition, Long> positions, OptionalLong basisSeconds) {
    this(tag, positions, 0, basisSeconds);
  }

  /**
   * A cursor.
   *
   * @param lossToldMs see {@link #lossToldMs}
   * @param basisSeconds when it was made, seconds since the epoch: what an approximate resume
   *     elsewhere goes by
   */
  public Cursor(
      String tag, Map<LanePartition, Long> positions, long lossToldMs, OptionalLong basisSeconds) {
    this.tag = tag;
    this.positions = new TreeMap<>(positions);
    this.lossToldMs = lossToldMs;
    this.basisSeconds = basisSeconds;
  }

  /** The log it counts in. */
  public String tag() {
    return tag;
  }

  /** Next offset per partition, in the cursor's order. */
  public Map<LanePartition, Long> positions() {
    return Collections.unmodifiableMap(positions);
  }

  /** Next offset in this partition, if the cursor has one. */
  public OptionalLong position(LanePartition partition) {
    Long position = positions.get(partition);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /**
   * When the last lost tail was found that its holder was told of, milliseconds since the epoch; 0
   * when it was told of none.
   */
  public long lossToldMs() {
    return lossToldMs;
  }

  /** When it was made, if it says. */
  public OptionalLong basisSeconds() {
    return basisSeconds;
  }

  /**
   * Both, with the oldest position wherever both have one, and the older time if both have one:
   * nothing is missed from either, and what one was not told of is told again.
   *
   * @throws IllegalArgumentException when they count in different logs
   */
  public Cursor joinOldest(Cursor other) {
    if (!tag.equals(other.tag)) {
      throw new IllegalArgumentException(
          "cursors of %s and %s count in different logs".formatted(tag, other.tag));
    }
    Map<LanePartition, Long> joined = new TreeMap<>(positions);
    other.positions.forEach((partition, position) -> joined.merge(partition, position, Math::min));
    OptionalLong basis =
        basisSeconds.isPresent() && other.basisSeconds.isPresent()
            ? OptionalLong.of(Math.min(basisSeconds.getAsLong(), other.basisSeconds.getAsLong()))
            : OptionalLong.empty();
    return new Cursor(tag, joined, Math.min(lossToldMs, other.lossToldMs), basis);
  }

  @Override
  public String toString() {
    return CursorCodec.encode(this);
  }
}
