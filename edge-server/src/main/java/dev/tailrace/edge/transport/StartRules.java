package dev.tailrace.edge.transport;

import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads where a subscription is to begin: {@code cursor}, else {@code since}, else {@code last},
 * else the present. All that is given must be well-formed, whichever of it counts.
 *
 * <p>Threading: stateless.
 */
public final class StartRules {
  /** Most events that {@code last} may ask for. */
  public static final int MAX_LAST = 1_000;

  private static final String EARLIEST = "earliest";
  private static final String LATEST = "latest";
  private static final Pattern AGO = Pattern.compile("-?([0-9]{1,9})(ms|s|m|h|d)");

  private StartRules() {}

  /**
   * The position that is asked for; an empty text is none.
   *
   * @param cursor a cursor, {@code earliest} or {@code latest}
   * @param since see {@link #moment}, {@code earliest} or {@code latest}
   * @param last how many events of each address
   * @throws RefusedException when any of it is malformed
   */
  public static StartPosition read(String cursor, String since, String last, Instant now)
      throws RefusedException {
    StartPosition byCursor = cursor.isEmpty() ? null : cursor(cursor);
    StartPosition byTime = since.isEmpty() ? null : since(since, now);
    StartPosition byCount = last.isEmpty() ? null : last(last);
    if (byCursor != null) {
      return byCursor;
    }
    if (byTime != null) {
      return byTime;
    }
    return byCount == null ? StartPosition.LATEST : byCount;
  }

  /**
   * Reads a cursor, or a word that stands for one.
   *
   * @throws RefusedException when it is malformed
   */
  public static StartPosition cursor(String text) throws RefusedException {
    StartPosition word = word(text);
    if (word != null) {
      return word;
    }
    try {
      return new StartPosition.At(CursorCodec.decode(text));
    } catch (InvalidCursorException e) {
      throw bad("bad_cursor", e.getMessage());
    }
  }

  private static @Nullable StartPosition word(String text) {
    return switch (text) {
      case EARLIEST -> StartPosition.EARLIEST;
      case LATEST -> StartPosition.LATEST;
      default -> null;
    };
  }

  private static StartPosition since(String text, Instant now) throws RefusedException {
    StartPosition word = word(text);
    if (word != null) {
      return word;
    }
    return new StartPosition.Since(Math.max(0, moment("since", text, now).toEpochMilli()));
  }

  /**
   * A moment: so long ago ({@code 5m} or {@code -5m}; ms, s, m, h, d), or one of RFC 3339. One that
   * is so long ago begins with its second: those who ask within it ask for the same.
   *
   * @param name of the parameter
   * @throws RefusedException when it is neither
   */
  public static Instant moment(String name, String text, Instant now) throws RefusedException {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      Instant then = now.minus(duration(Long.parseLong(ago.group(1)), ago.group(2)));
      return Instant.ofEpochSecond(then.getEpochSecond());
    }
    try {
      // What was '+' in an offset is a blank by now, if the client did not escape it.
      Instant moment = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      return Instant.ofEpochMilli(moment.toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      throw bad(
          "bad_" + name,
          name + " is how long ago, such as 5m (ms, s, m, h, d), or a moment of RFC 3339");
    }
  }

  /** Whether a moment is given as such, and not as so long ago. */
  public static boolean isFixed(String moment) {
    return !moment.isEmpty() && !AGO.matcher(moment).matches();
  }

  private static Duration duration(long amount, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static StartPosition last(String text) throws RefusedException {
    try {
      int events = Integer.parseInt(text);
      if (events >= 1 && events <= MAX_LAST) {
        return new StartPosition.Last(events);
      }
    } catch (NumberFormatException e) {
      // said below, as for a number out of range
    }
    throw bad("bad_last", "last is a whole number from 1 to " + MAX_LAST);
  }

  private static RefusedException bad(String code, @Nullable String detail) {
    return new RefusedException(
        ProblemResponse.of(HttpStatus.BAD_REQUEST_400, code, detail == null ? "" : detail));
  }
}
