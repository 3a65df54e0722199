package dev.tailrace.testing.conversation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a cursor says, read as its page in the protocol has it.
 *
 * @param tag of the cluster and its lanes
 * @param positions lane, generation and partition to offset
 * @param time up to which its holder had everything; null when it has none
 */
record CursorText(String tag, Map<String, String> positions, @Nullable String time) {
  static CursorText of(String cursor) {
    String[] parts = cursor.split("~", -1);
    Map<String, String> positions = new LinkedHashMap<>();
    String time = null;
    for (int i = 1; i < parts.length; i++) {
      int dot = parts[i].indexOf('.');
      if (dot > 0) {
        positions.put(parts[i].substring(0, dot), parts[i].substring(dot + 1));
      } else if (parts[i].startsWith("t")) {
        time = parts[i].substring(1);
      }
    }
    return new CursorText(parts[0], positions, time);
  }

  /** This one, with the other's positions in place of its own. */
  CursorText movedBy(CursorText other) {
    Map<String, String> all =
        tag.equals(other.tag) ? new LinkedHashMap<>(positions) : new LinkedHashMap<>();
    all.putAll(other.positions);
    return new CursorText(other.tag, all, time);
  }

  /** This one, where the other is further in a partition that this one names. */
  CursorText raisedBy(CursorText other) {
    Map<String, String> raised = new LinkedHashMap<>(positions);
    raised.replaceAll(
        (partition, offset) -> {
          String its = other.positions.getOrDefault(partition, offset);
          return isLess(offset, its) ? its : offset;
        });
    return new CursorText(tag, raised, other.time == null ? time : other.time);
  }

  /** Of two numbers in base 36 without leading zeros. */
  private static boolean isLess(String one, String other) {
    return one.length() == other.length()
        ? one.compareTo(other) < 0
        : one.length() < other.length();
  }

  /** Whether who sends that one goes on where this one says; its time may be older, or lacking. */
  boolean isSentAs(CursorText sent) {
    return tag.equals(sent.tag)
        && positions.equals(sent.positions)
        && (sent.time == null || (time != null && !isLess(time, sent.time)));
  }

  /** Whether it is about the same lanes, and has a time if the other has one. */
  boolean isLike(CursorText other) {
    return lanes().equals(other.lanes()) && (time == null) == (other.time == null);
  }

  private Set<Character> lanes() {
    Set<Character> lanes = new TreeSet<>();
    positions.keySet().forEach(partition -> lanes.add(partition.charAt(0)));
    return lanes;
  }

  /** As it is written. */
  String text() {
    StringBuilder text = new StringBuilder(tag);
    positions.forEach(
        (partition, offset) -> text.append('~').append(partition).append('.').append(offset));
    if (time != null) {
      text.append("~t").append(time);
    }
    return text.toString();
  }
}
