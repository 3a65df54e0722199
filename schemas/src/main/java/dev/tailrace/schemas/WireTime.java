package dev.tailrace.schemas;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moments and spans of time as text has them: RFC 3339, and a number with its unit, of which
 * Protobuf's own {@code 1.5s} is one.
 *
 * <p>Threading: stateless.
 */
public final class WireTime {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h)");
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

  private WireTime() {}

  /**
   * A span such as {@code 250ms}, {@code 30s}, {@code 5m} or {@code 2h}.
   *
   * @throws IllegalArgumentException when it is none; the message says so
   */
  public static Duration duration(String text) {
    Matcher span = SPAN.matcher(text);
    if (!span.matches()) {
      throw new IllegalArgumentException("ttl is not a span of time such as 250ms, 30s, 5m or 2h");
    }
    long unitMs =
        switch (span.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          default -> 3_600_000;
        };
    BigDecimal seconds =
        new BigDecimal(span.group(1)).multiply(BigDecimal.valueOf(unitMs)).movePointLeft(3);
    BigDecimal whole = new BigDecimal(seconds.toBigInteger());
    return Duration.newBuilder()
        .setSeconds(whole.longValueExact())
        .setNanos(seconds.subtract(whole).multiply(NANOS).intValue())
        .build();
  }

  /**
   * A moment such as {@code 2026-11-24T09:30:00Z}; any year that Java knows, also those that an
   * event may not have.
   *
   * @throws IllegalArgumentException when it is none; the message says so
   */
  public static Timestamp timestamp(String text) {
    try {
      Instant moment = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
      return Timestamp.newBuilder()
          .setSeconds(moment.getEpochSecond())
          .setNanos(moment.getNano())
          .build();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("time is not RFC 3339, such as 2026-11-24T09:30:00Z", e);
    }
  }
}
