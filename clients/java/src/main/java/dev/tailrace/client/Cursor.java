package dev.tailrace.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cursor taken apart, as {@code docs/protocol/cursor.md} has it: a tag, the next offset in each
 * partition, and maybe the time up to which its holder had everything. What it knows of lost tails
 * is left out: that is told again then.
 *
 * <p>Threading: immutable.
 */
final class Cursor {
  private final String tag;
  private final Map<String, String> offsets; // partition -> next offset, base 36
  private final @Nullable String time; // base 36

  private Cursor(String tag, Map<String, String> offsets, @Nullable String time) {
    this.tag = tag;
    this.offsets = offsets;
    this.time = time;
  }

  /** Of its text. What is not well-formed is for the server to refuse, not for this. */
  static Cursor of(String text) {
    String[] parts = text.split("~", -1);
    Map<String, String> offsets = new LinkedHashMap<>();
    String time = null;
    for (int i = 1; i < parts.length; i++) {
      int dot = parts[i].indexOf('.');
      if (dot > 0) {
        offsets.put(parts[i].substring(0, dot), parts[i].substring(dot + 1));
      } else if (parts[i].startsWith("t")) {
        time = parts[i].substring(1);
      }
    }
    return new Cursor(parts[0], offsets, time);
  }

  /** After an event, or a gap, of its own channel: there, and all else as before. */
  Cursor movedTo(Cursor other) {
    if (!tag.equals(other.tag)) {
      return other;
    }
    Map<String, String> all = new LinkedHashMap<>(offsets);
    all.putAll(other.offsets);
    return new Cursor(tag, all, other.time == null ? time : other.time);
  }

  /** Raised by what says more of the partitions that this names; by others of them not. */
  Cursor raisedBy(Cursor other) {
    if (!tag.equals(other.tag)) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(offsets);
    all.replaceAll((partition, offset) -> further(offset, other.offsets.get(partition)));
    boolean later = time != null && other.time != null && isLess(time, other.time);
    return new Cursor(tag, all, later ? other.time : time);
  }

  private static String further(String offset, @Nullable String other) {
    return other != null && isLess(offset, other) ? other : offset;
  }

  /**
   * From where both miss nothing: per partition the oldest offset, and the oldest time, if both
   * have one. Of two that count in different logs it is the one that has been without news for
   * longer: resumed from there a gap is told.
   */
  Cursor joinedWith(Cursor other) {
    if (!tag.equals(other.tag)) {
      return time == null || (other.time != null && isLess(time, other.time)) ? this : other;
    }
    Map<String, String> all = new LinkedHashMap<>(offsets);
    other.offsets.forEach(
        (partition, offset) -> all.merge(partition, offset, (a, b) -> isLess(a, b) ? a : b));
    String oldest = null;
    if (time != null && other.time != null) {
      oldest = isLess(time, other.time) ? time : other.time;
    }
    return new Cursor(tag, all, oldest);
  }

  /** Of somebody at this cursor of a whole connection who had come further elsewhere. */
  Cursor withLeadOf(Cursor ahead) {
    return tag.equals(ahead.tag) ? movedTo(ahead).raisedBy(this) : this;
  }

  /** Whether who is here has had what ends there. */
  boolean covers(Cursor end) {
    if (!tag.equals(end.tag)) {
      return false;
    }
    for (Map.Entry<String, String> position : end.offsets.entrySet()) {
      String mine = offsets.get(position.getKey());
      if (mine != null && !isLess(mine, position.getValue())) {
        return true;
      }
    }
    return false;
  }

  /** By value: base 36 without leading zeros. */
  private static boolean isLess(String a, String b) {
    return a.length() == b.length() ? a.compareTo(b) < 0 : a.length() < b.length();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(tag);
    offsets.forEach(
        (partition, offset) -> text.append('~').append(partition).append('.').append(offset));
    if (time != null) {
      text.append("~t").append(time);
    }
    return text.toString();
  }
}
