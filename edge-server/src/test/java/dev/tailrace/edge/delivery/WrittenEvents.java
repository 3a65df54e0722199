package dev.tailrace.edge.delivery;

import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.schemas.LanePartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The events that lie in the lanes, and where. */
final class WrittenEvents {
  private record Written(String id, long timeMs) {}

  private final Map<LanePartition, TreeMap<Long, Written>> events = new HashMap<>();

  void add(LanePartition partition, long offset, long timeMs, String id) {
    events.computeIfAbsent(partition, p -> new TreeMap<>()).put(offset, new Written(id, timeMs));
  }

  /** Those from one offset on, and below another, are gone; returns their ids. */
  Set<String> remove(LanePartition partition, long from, long to) {
    SortedMap<Long, Written> removed =
        events.computeIfAbsent(partition, p -> new TreeMap<>()).subMap(from, to);
    Set<String> ids = new HashSet<>();
    removed.values().forEach(written -> ids.add(written.id()));
    removed.clear();
    return ids;
  }

  /** The ids of those that are for who begins there; not of the last so many. */
  Set<String> from(StartPosition start) {
    Set<String> ids = new HashSet<>();
    events.forEach(
        (partition, all) ->
            all.forEach(
                (offset, written) -> {
                  if (isFor(start, partition, offset, written.timeMs())) {
                    ids.add(written.id());
                  }
                }));
    return ids;
  }

  private static boolean isFor(
      StartPosition start, LanePartition partition, long offset, long timeMs) {
    return switch (start) {
      case StartPosition.Latest _, StartPosition.Last _ -> false;
      case StartPosition.Earliest _ -> true;
      case StartPosition.Since since -> timeMs >= since.timestampMs();
      case StartPosition.At at -> offset >= at.cursor().position(partition).orElse(Long.MAX_VALUE);
    };
  }
}
