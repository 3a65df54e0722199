package dev.tailrace.dispatcher.pump;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.FoldHorizon;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SourceId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes were seen to hold: per lane partition and source the highest stamp. Within a lane
 * partition a source's stamps are whole up to the highest (no later stamp passes a failed one), so
 * whatever is not above it is there already. The highest is kept for each version of the slot map:
 * what a paused pump wrote by an old one, past a fence that is not known here yet, says nothing of
 * what the next version has to write.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class LaneMarks {
  private static final long HORIZON_SECONDS = FoldHorizon.MS / 1_000;

  private record Offsets(long lowest, long highest) {
    Offsets with(Offsets other) {
      return new Offsets(Math.min(lowest, other.lowest), Math.max(highest, other.highest));
    }
  }

  /** Of one source over all lanes: its highest stamp, and what was written in which second. */
  private static final class History {
    private @Nullable Stamp highest;
    private final TreeMap<Long, Offsets> bySecond = new TreeMap<>();
  }

  /** A gap counts for every version. */
  private static final int ANY_VERSION = Integer.MAX_VALUE;

  private record Place(SourceId source, LanePartition lane) {}

  private final Map<Place, TreeMap<Integer, Stamp>> highest = new HashMap<>();
  private final Map<SourceId, History> histories = new HashMap<>();

  /** A copy that is not void, as far as is known. */
  void observe(LanePartition lane, LaneCopy copy, long recordMs) {
    Stamp stamp = copy.stamp();
    highest
        .computeIfAbsent(new Place(copy.source(), lane), p -> new TreeMap<>())
        .merge(copy.gap() ? ANY_VERSION : copy.version(), stamp, LaneMarks::higher);
    History history = histories.computeIfAbsent(copy.source(), s -> new History());
    history.highest = history.highest == null ? stamp : higher(history.highest, stamp);
    Offsets offsets = new Offsets(stamp.offset(), stamp.offset());
    history.bySecond.merge(recordMs / 1_000, offsets, Offsets::with);
  }

  private static Stamp higher(Stamp a, Stamp b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /**
   * Whether this lane partition holds this delivery.
   *
   * @param version that routes it
   */
  boolean holds(LanePartition lane, SourcePartition source, Stamp stamp, int version) {
    SourceId id = source.id();
    History history = histories.get(id);
    if (history == null || history.highest == null || stamp.compareTo(history.highest) > 0) {
      return false; // as nearly always: what is new lies above all that the lanes have shown
    }
    TreeMap<Integer, Stamp> marks = highest.get(new Place(id, lane));
    if (marks == null) {
      return false;
    }
    Map.Entry<Integer, Stamp> mark = marks.ceilingEntry(version);
    while (mark != null && stamp.compareTo(mark.getValue()) > 0) {
      mark = marks.higherEntry(mark.getKey());
    }
    return mark != null;
  }

  /** Whether any lane holds anything of this source. */
  boolean holdAny(SourcePartition source) {
    return highestOffset(source) >= 0;
  }

  /**
   * The highest offset of this partition of a topic that is none of these, or null: when a topic is
   * deleted Kafka forgets its commits, so that only the lanes tell that it was there.
   */
  @Nullable Long highestOfVanished(int partition, Collection<ByteString> topicIds) {
    Long found = null;
    for (Map.Entry<SourceId, History> entry : histories.entrySet()) {
      SourceId source = entry.getKey();
      Stamp stamp = entry.getValue().highest;
      if (stamp != null
          && source.partition() == partition
          && !topicIds.contains(source.topicId())) {
        found = found == null ? Long.valueOf(stamp.offset()) : Math.max(found, stamp.offset());
      }
    }
    return found;
  }

  /** The highest ingress offset of which any lane holds a copy, or -1. */
  long highestOffset(SourcePartition source) {
    History history = histories.get(source.id());
    return history == null || history.highest == null ? -1 : history.highest.offset();
  }

  /**
   * Where to go on when only the lanes tell how far this source got. Not right after the highest
   * stamp: copies of lower events may have been in flight to other lane partitions, or to none that
   * has any. What is there already is skipped, so going back too far costs only time.
   *
   * <p>Events that were written a horizon before the last one are taken to be complete: a copy is
   * acknowledged, or refused as too old and read again, within before.max of its poll. That does
   * not hold for a lane partition that nobody could write to for longer, right up to the moment
   * when the commits were lost too.
   *
   * @return null when the lanes hold nothing of it
   */
  @Nullable Long goOnFrom(SourcePartition source) {
    History history = histories.get(source.id());
    if (history == null || history.bySecond.isEmpty()) {
      return null;
    }
    long recentS = history.bySecond.lastKey() - HORIZON_SECONDS;
    long from = Long.MAX_VALUE;
    for (Offsets recent : history.bySecond.tailMap(recentS, true).values()) {
      from = Math.min(from, recent.lowest());
    }
    long complete = Long.MIN_VALUE;
    for (Offsets old : history.bySecond.headMap(recentS, false).values()) {
      complete = Math.max(complete, old.highest());
    }
    return complete == Long.MIN_VALUE ? from : Math.min(from, complete + 1);
  }

  /** Forgets when things were written; the marks stay. */
  void forgetTimes() {
    histories.values().forEach(history -> history.bySecond.clear());
  }
}
