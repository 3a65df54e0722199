package dev.tailrace.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins the cursors of several subscriptions into one that loses nothing of any: the oldest
 * position of each partition, and the oldest time if all have one.
 *
 * <p>Threading: stateless.
 */
final class CursorJoin {
  private static final int BASE = 36;
  private static final String TIME = "t";

  private CursorJoin() {}

  /** Empty when there is none, or when they are of different clusters and so cannot be joined. */
  static String oldest(Collection<String> cursors) {
    String tag = "";
    Map<String, Long> positions = new TreeMap<>();
    List<Long> times = new ArrayList<>();
    int joinedCursors = 0;
    for (String cursor : cursors) {
      String[] parts = cursor.split("~", -1);
      if (parts[0].isEmpty()) {
        continue;
      }
      if (!tag.isEmpty() && !tag.equals(parts[0])) {
        return "";
      }
      tag = parts[0];
      joinedCursors++;
      for (int i = 1; i < parts.length; i++) {
        int dot = parts[i].indexOf('.');
        if (dot < 0 && parts[i].startsWith(TIME)) {
          times.add(Long.parseLong(parts[i].substring(TIME.length()), BASE));
        } else if (dot > 0) {
          positions.merge(
              parts[i].substring(0, dot),
              Long.parseLong(parts[i].substring(dot + 1), BASE),
              Math::min);
        }
      }
    }
    StringBuilder joined = new StringBuilder(tag);
    positions.forEach(
        (partition, offset) ->
            joined.append('~').append(partition).append('.').append(Long.toString(offset, BASE)));
    if (!times.isEmpty() && times.size() == joinedCursors) {
      joined.append('~').append(TIME).append(Long.toString(Collections.min(times), BASE));
    }
    return joined.toString();
  }

  /** Where one has come to by an event's own cursor, which has no time: that stays as it was. */
  static String moved(String known, String to) {
    int time = known.lastIndexOf('~' + TIME);
    return time < 0 || to.contains('~' + TIME) ? to : to + known.substring(time);
  }
}
