package dev.tailrace.support.placement;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fold of {@code tailrace.edges}: who is there. An announcement holds for its lease, counted
 * from when it was read by the reader's own clock, so that clocks which differ do no harm. Only
 * what lay there before the reader began is taken by its time: an edge whose clock is behind by
 * more than its lease is missed until it speaks again, and one whose clock is ahead is believed one
 * lease too long.
 *
 * <p>Threading: one thread's.
 */
final class EdgeDirectory {
  /** More edges than that are not remembered; those that are known stay. */
  static final int MAX_EDGES = 512;

  private record Held(EdgeAnnouncement edge, long untilMs) {}

  private final Map<String, Held> edges = new HashMap<>();
  private long ignored;

  /**
   * A record, as soon as it was written.
   *
   * @param nowMs of a clock that never jumps
   */
  void onRecord(byte @Nullable [] key, byte @Nullable [] value, long nowMs) {
    onRecord(key, value, 0, false, nowMs);
  }

  /**
   * A record that was there before anybody read.
   *
   * @param wallMs the time of day
   * @param nowMs of a clock that never jumps
   */
  void onOldRecord(byte @Nullable [] key, byte @Nullable [] value, long wallMs, long nowMs) {
    onRecord(key, value, wallMs, true, nowMs);
  }

  private void onRecord(
      byte @Nullable [] key, byte @Nullable [] value, long wallMs, boolean old, long nowMs) {
    if (value == null) {
      if (key != null) {
        edges.remove(new String(key, StandardCharsets.UTF_8));
      }
      return;
    }
    EdgeAnnouncement edge = EdgeAnnouncement.read(key, value);
    if (edge == null) {
      ignored++;
      return;
    }
    long ageMs = old ? Math.clamp(wallMs - edge.atMs(), 0, edge.leaseMs()) : 0;
    long untilMs = nowMs + edge.leaseMs() - ageMs;
    if (untilMs <= nowMs) {
      edges.remove(edge.id());
    } else if (edges.size() < MAX_EDGES || edges.containsKey(edge.id())) {
      edges.put(edge.id(), new Held(edge, untilMs));
    } else {
      ignored++;
    }
  }

  /** Those whose lease holds, by id; the others are forgotten. */
  List<EdgeAnnouncement> live(long nowMs) {
    edges.values().removeIf(held -> held.untilMs() <= nowMs);
    List<EdgeAnnouncement> live = new ArrayList<>();
    edges.values().forEach(held -> live.add(held.edge()));
    live.sort(Comparator.comparing(EdgeAnnouncement::id));
    return live;
  }

  /** Records that were no announcements, or of one edge too many. */
  long ignored() {
    return ignored;
  }
}
