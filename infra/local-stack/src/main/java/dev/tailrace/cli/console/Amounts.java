package dev.tailrace.cli.console;

import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Numbers of a snapshot, as short as a column asks for. What is not known is a dash.
 *
 * <p>Threading: stateless.
 */
final class Amounts {
  private static final String UNKNOWN = "-";
  private static final String UNITS = "kMGTP";

  private Amounts() {}

  static String count(JsonNode node) {
    return node.isNumber() ? String.format(Locale.ROOT, "%,d", node.asLong()) : UNKNOWN;
  }

  /** Below ten with a decimal: less than one a second is not nothing. */
  static String rate(JsonNode node) {
    if (!node.isNumber()) {
      return UNKNOWN;
    }
    double rate = node.asDouble();
    return rate != 0 && rate < 9.95
        ? String.format(Locale.ROOT, "%.1f", rate)
        : String.format(Locale.ROOT, "%,d", Math.round(rate));
  }

  static String bytes(JsonNode node) {
    if (!node.isNumber()) {
      return UNKNOWN;
    }
    double left = node.asDouble();
    int unit = -1;
    while (left >= 999.5 && unit < UNITS.length() - 1) {
      left /= 1_000;
      unit++;
    }
    String number = String.format(Locale.ROOT, unit >= 0 && left < 9.95 ? "%.1f" : "%.0f", left);
    return unit < 0 ? number : number + UNITS.charAt(unit);
  }

  static String millis(JsonNode node) {
    if (!node.isNumber()) {
      return UNKNOWN;
    }
    double ms = node.asDouble();
    return String.format(Locale.ROOT, ms < 99.95 ? "%.1f ms" : "%,.0f ms", ms);
  }

  static String share(JsonNode part, JsonNode whole) {
    return part.isNumber() && whole.isNumber() && whole.asDouble() > 0
        ? String.format(Locale.ROOT, "%.0f%%", 100 * part.asDouble() / whole.asDouble())
        : UNKNOWN;
  }

  static String time(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }
}
