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
  private final OptionalLong basisSeconds;

  /**
   * A cursor.
   *
   * @param basisSeconds when it was made, seconds since the epoch: what an approximate resume
   *     elsewhere goes by
   */
  public Cursor(String tag, Map<LanePartition, Long> positions, OptionalLong basisSeconds) {
    this.tag = tag;
    this.positions = new TreeMap<>(positions);
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

  /** When it was made, if it says. */
  public OptionalLong basisSeconds() {
    return basisSeconds;
  }

  /**
   * Both, with the oldest position wherever both have one, and the older time if both have one:
   * nothing is missed from either.
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
    return new Cursor(tag, joined, basis);
  }

  @Override
  public String toString() {
    return CursorCodec.encode(this);
  }
}
