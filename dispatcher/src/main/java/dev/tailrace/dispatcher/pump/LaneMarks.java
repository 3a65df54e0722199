package dev.tailrace.dispatcher.pump;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.SourceStamp;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes were seen to hold: per lane partition and source the highest stamp. Within a lane
 * partition a source's stamps are whole up to the highest (no later stamp passes a failed one), so
 * whatever is not above it is there already.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class LaneMarks {
  /** Copies of one event may lie this far apart in time: they were in flight together. */
  private static final long IN_FLIGHT_SECONDS = 60;

  private record SourceId(ByteString topicId, int partition) {
    static SourceId of(SourcePartition source) {
      return new SourceId(source.topicId(), source.partition());
    }
  }

  /** Of one source over all lanes: its highest stamp, and by second its lowest offset. */
  private static final class History {
    private @Nullable Stamp highest;
    private final TreeMap<Long, Long> lowestOffsetBySecond = new TreeMap<>();
  }

  private final Map<SourceId, Map<LanePartition, Stamp>> highest = new HashMap<>();
  private final Map<SourceId, History> histories = new HashMap<>();

  void observe(LanePartition lane, SourceStamp seen, long recordMs) {
    SourceId source = new SourceId(seen.getTopicId(), seen.getPartition());
    Stamp stamp = new Stamp(seen.getOffset(), seen.getSubIndex());
    highest.computeIfAbsent(source, s -> new HashMap<>()).merge(lane, stamp, LaneMarks::higher);
    History history = histories.computeIfAbsent(source, s -> new History());
    history.highest = history.highest == null ? stamp : higher(history.highest, stamp);
    history.lowestOffsetBySecond.merge(recordMs / 1_000, stamp.offset(), Math::min);
  }

  private static Stamp higher(Stamp a, Stamp b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** Whether this lane partition holds this delivery. */
  boolean holds(LanePartition lane, SourcePartition source, Stamp stamp) {
    Map<LanePartition, Stamp> marks = highest.get(SourceId.of(source));
    Stamp mark = marks == null ? null : marks.get(lane);
    return mark != null && stamp.compareTo(mark) <= 0;
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
    History history = histories.get(SourceId.of(source));
    return history == null || history.highest == null ? -1 : history.highest.offset();
  }

  /**
   * Where to go on when only the lanes tell how far this source got: not right after the highest
   * stamp, since other lane partitions may lack copies that were in flight beside it, but at the
   * lowest offset that was written shortly before; what is there already is skipped. Null when the
   * lanes hold nothing of it.
   */
  @Nullable Long goOnFrom(SourcePartition source) {
    History history = histories.get(SourceId.of(source));
    if (history == null || history.lowestOffsetBySecond.isEmpty()) {
      return null;
    }
    long from = history.lowestOffsetBySecond.lastKey() - IN_FLIGHT_SECONDS;
    long lowest = Long.MAX_VALUE;
    for (long offset : history.lowestOffsetBySecond.tailMap(from, true).values()) {
      lowest = Math.min(lowest, offset);
    }
    return lowest;
  }

  /** Forgets when things were written; the marks stay. */
  void forgetTimes() {
    histories.values().forEach(history -> history.lowestOffsetBySecond.clear());
  }
}
