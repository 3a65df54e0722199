package dev.tailrace.cli;

import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Joins the cursors of several subscriptions into one that loses nothing of any: the oldest
 * position of each partition, and the oldest time.
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
    OptionalLong time = OptionalLong.empty();
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
        if (dot < 0 && parts[i].startsWith(TIME)) {
          long one = Long.parseLong(parts[i].substring(TIME.length()), BASE);
          time = OptionalLong.of(Math.min(one, time.orElse(one)));
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
    time.ifPresent(seconds -> joined.append('~').append(TIME).append(Long.toString(seconds, BASE)));
    return joined.toString();
  }
}
