package dev.tailrace.cli;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins the cursors of several subscriptions into one that loses nothing of any: the oldest
 * position of each partition.
 *
 * <p>Threading: stateless.
 */
final class CursorJoin {
  private static final int BASE = 36;

  private CursorJoin() {}

  /** Empty when there is none, or when they are of different clusters and so cannot be joined. */
  static String oldest(Collection<String> cursors) {
    String tag = "";
    Map<String, Long> positions = new TreeMap<>();
    for (String cursor : cursors) {
      String[] parts = cursor.split("~", -1);
      if (parts[0].isEmpty()) {
        continue;
      }
      if (!tag.isEmpty() && !tag.equals(parts[0])) {
        return "";
      }
      tag = parts[0];
      for (int i = 1; i < parts.length; i++) {
        int dot = parts[i].indexOf('.');
        // What has no dot is the time, which does not belong to a partition.
        if (dot > 0) {
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
    return joined.toString();
  }
}
