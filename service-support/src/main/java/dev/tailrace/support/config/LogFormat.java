package dev.tailrace.support.config;

import java.util.Arrays;
import java.util.Locale;

/**
 * How a server writes its log.
 *
 * <p>Threading: immutable.
 */
public enum LogFormat {
  /** Lines for people, on standard error. */
  TEXT,
  /** One JSON object a line, for a log store, on standard output. */
  JSON;

  /** Which of them. */
  public static final Setting<LogFormat> SETTING =
      new Setting<>(
          "log.format",
          "how the log is written: text, for people, on standard error; or json, an object a line"
              + " with names that stay, on standard output",
          "text",
          LogFormat::parse,
          false);

  private static LogFormat parse(String text) {
    return Arrays.stream(values())
        .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("is neither text nor json"));
  }
}
