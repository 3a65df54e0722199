package dev.tailrace.testing;

import java.util.Map;
import java.util.TreeMap;

/**
 * A cursor that a client keeps up to date itself, as one on a WebSocket has to: per lane partition
 * where it goes on.
 *
 * <p>Threading: one thread.
 */
public final class Positions {
  private String tag = "";
  private String time = "";
  private final Map<String, Long> offsets = new TreeMap<>();

  /** All that a cursor says, which replaces what was there. */
  public void reset(String cursor) {
    Positions told = parse(cursor);
    tag = told.tag;
    time = told.time;
    offsets.clear();
    offsets.putAll(told.offsets);
  }

  /** It goes on here: just after an event or a gap. */
  public void move(String cursor) {
    Positions told = parse(cursor);
    if (told.tag.equals(tag)) {
      offsets.putAll(told.offsets);
    } else {
      reset(cursor);
    }
  }

  /** A heartbeat, which is for the whole connection: it moves what is here on, and not back. */
  public void raise(String cursor) {
    Positions told = parse(cursor);
    if (told.tag.equals(tag)) {
      told.offsets.forEach(
          (partition, offset) ->
              offsets.computeIfPresent(partition, (p, o) -> Math.max(o, offset)));
      time = told.time;
    }
  }

  private static Positions parse(String cursor) {
    Positions parsed = new Positions();
    String[] parts = cursor.split("~", -1);
    parsed.tag = parts[0];
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      int dot = part.indexOf('.');
      if (dot < 0) {
        parsed.time = part;
      } else {
        parsed.offsets.put(part.substring(0, dot), Long.parseLong(part.substring(dot + 1), 36));
      }
    }
    return parsed;
  }

  /** As it is sent; empty when nothing was told yet. */
  public String cursor() {
    if (tag.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder(tag);
    offsets.forEach(
        (partition, offset) ->
            text.append('~').append(partition).append('.').append(Long.toString(offset, 36)));
    return time.isEmpty() ? text.toString() : text.append('~').append(time).toString();
  }
}
