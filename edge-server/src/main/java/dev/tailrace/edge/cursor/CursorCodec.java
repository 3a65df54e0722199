package dev.tailrace.edge.cursor;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Cursors as text: {@code 1z141z3~u1-3.1k2~c1-h.9x}, optionally followed by {@code ~l} and when the
 * last lost tail was found that was told, in milliseconds, and by {@code ~t<seconds>}. All numbers
 * are base 36, lower case. Only characters that need no CORS preflight in {@code Last-Event-ID}
 * occur (Fetch, "CORS-safelisted request-header"); the longest valid cursor has {@value
 * #MAX_LENGTH} bytes.
 *
 * <p>Threading: stateless.
 */
public final class CursorCodec {
  /** Longest cursor, in bytes. */
  public static final int MAX_LENGTH = 4096;

  private static final int MAX_TAG_LENGTH = 13;

  /** {@code ~c}, generation, {@code -}, partition, {@code .}, offset. */
  private static final int MAX_POSITION_LENGTH = 2 + 4 + 1 + 4 + 1 + 12;

  /** {@code ~l} or {@code ~t}, and a number. */
  private static final int MAX_TIME_LENGTH = 2 + 12;

  /** So many partitions fit into any cursor, whatever their numbers and offsets. */
  public static final int MAX_POSITIONS =
      (MAX_LENGTH - MAX_TAG_LENGTH - 2 * MAX_TIME_LENGTH) / MAX_POSITION_LENGTH;

  private static final int RADIX = 36;

  private CursorCodec() {}

  /** The text of a cursor. */
  public static String encode(Cursor cursor) {
    StringBuilder text = new StringBuilder(64).append(cursor.tag());
    cursor.positions().forEach((partition, position) -> append(text, partition, position));
    if (cursor.lossToldMs() > 0) {
      appendLossTold(text, cursor.lossToldMs());
    }
    cursor.basisSeconds().ifPresent(seconds -> appendBasis(text, seconds));
    return text.toString();
  }

  /** Appends {@code ~c1-h.9x}: one partition's position. */
  public static void append(StringBuilder text, LanePartition partition, long position) {
    text.append('~').append(partition.lane().letter());
    append(text, partition.generation());
    append(text.append('-'), partition.partition());
    append(text.append('.'), position);
  }

  /** Appends {@code ~l<milliseconds>}: up to when lost tails were told; after all positions. */
  public static void appendLossTold(StringBuilder text, long atMs) {
    append(text.append("~l"), atMs);
  }

  /** Appends {@code ~t<seconds>}: when the cursor was made; last of all. */
  public static void appendBasis(StringBuilder text, long seconds) {
    append(text.append("~t"), seconds);
  }

  /** Without a string in between: a stream has a cursor with each event. */
  private static void append(StringBuilder text, long number) {
    if (number >= RADIX) {
      append(text, number / RADIX);
    }
    text.append(Character.forDigit((int) (number % RADIX), RADIX));
  }

  /**
   * Reads a cursor.
   *
   * @throws InvalidCursorException when it is not well-formed. A well-formed cursor of another
   *     cluster, generation or past the end is none of this class's business.
   */
  public static Cursor decode(String text) throws InvalidCursorException {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidCursorException(
          "the cursor has %,d characters, the limit is %,d".formatted(text.length(), MAX_LENGTH));
    }
    String[] parts = text.split("~", -1);
    String tag = parts[0];
    if (tag.isEmpty() || tag.length() > MAX_TAG_LENGTH || !isBase36(tag)) {
      throw new InvalidCursorException("the cursor does not begin with a cluster tag");
    }
    Map<LanePartition, Long> positions = new TreeMap<>();
    OptionalLong basis = OptionalLong.empty();
    long lossToldMs = 0;
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      if (part.startsWith("t") && i == parts.length - 1) {
        basis = OptionalLong.of(number(part.substring(1), "the basis time"));
      } else if (part.startsWith("l")) {
        lossToldMs = number(part.substring(1), "the time of the loss told");
      } else {
        addPosition(part, i, positions);
      }
    }
    return new Cursor(tag, positions, lossToldMs, basis);
  }

  private static void addPosition(String part, int place, Map<LanePartition, Long> positions)
      throws InvalidCursorException {
    int dash = part.indexOf('-');
    int dot = part.indexOf('.', dash + 1);
    if (dash < 2 || dot < dash + 2 || dot == part.length() - 1) {
      throw new InvalidCursorException(
          "part %d of the cursor is not <lane><generation>-<partition>.<offset>".formatted(place));
    }
    Lane lane =
        switch (part.charAt(0)) {
          case 'u' -> Lane.USERS;
          case 'c' -> Lane.CHANNELS;
          default ->
              throw new InvalidCursorException(
                  "part %d of the cursor names no lane: u or c".formatted(place));
        };
    LanePartition partition =
        new LanePartition(
            lane,
            smallNumber(part.substring(1, dash), "the generation in part " + place),
            smallNumber(part.substring(dash + 1, dot), "the partition in part " + place));
    long offset = number(part.substring(dot + 1), "the offset in part " + place);
    if (positions.put(partition, offset) != null) {
      throw new InvalidCursorException(
          "part %d of the cursor repeats a partition".formatted(place));
    }
  }

  private static int smallNumber(String text, String what) throws InvalidCursorException {
    long value = number(text, what);
    if (value > 1_000_000) {
      throw new InvalidCursorException(what + " is out of range");
    }
    return (int) value;
  }

  private static long number(String text, String what) throws InvalidCursorException {
    if (text.isEmpty() || text.length() > 12 || !isBase36(text)) {
      throw new InvalidCursorException(what + " is not a number in base 36");
    }
    return Long.parseLong(text, RADIX);
  }

  private static boolean isBase36(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
  }
}
