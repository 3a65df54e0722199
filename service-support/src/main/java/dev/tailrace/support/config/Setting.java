package dev.tailrace.support.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * One configuration key: its name, meaning, default and how its text is read. Keys are lower case
 * words joined by dots; {@code edge.port} is {@code --edge-port} as a flag and {@code
 * TAILRACE_EDGE_PORT} in the environment.
 *
 * @param defaultText the default as one would write it; empty when there is none
 * @param secret never printed, in no message and no dump, and not taken as a flag: it comes in the
 *     environment, in the configuration file, or in a file of its own that {@link #fileKey} names
 */
public record Setting<T>(
    String key, String doc, String defaultText, Function<String, T> parser, boolean secret) {

  /** Free text. */
  public static Setting<String> text(String key, String defaultText, String doc) {
    return new Setting<>(key, doc, defaultText, text -> text, false);
  }

  /** Free text that is never printed. */
  public static Setting<String> secret(String key, String doc) {
    return new Setting<>(key, doc, "", text -> text, true);
  }

  /** Words separated by commas. */
  public static Setting<List<String>> list(String key, String defaultText, String doc) {
    return new Setting<>(
        key,
        doc,
        defaultText,
        text -> Arrays.stream(text.split(",")).map(String::trim).filter(w -> !w.isEmpty()).toList(),
        false);
  }

  /** true or false. */
  public static Setting<Boolean> flag(String key, boolean defaultValue, String doc) {
    return new Setting<>(key, doc, Boolean.toString(defaultValue), Setting::parseFlag, false);
  }

  /** A whole number between two bounds, both allowed. */
  public static Setting<Integer> number(
      String key, int defaultValue, int least, int most, String doc) {
    return new Setting<>(
        key,
        doc,
        Integer.toString(defaultValue),
        text -> {
          int value;
          try {
            value = Integer.parseInt(text);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                "is not a whole number from %d to %d".formatted(least, most), e);
          }
          if (value < least || value > most) {
            throw new IllegalArgumentException(
                "is not a whole number from %d to %d".formatted(least, most));
          }
          return value;
        },
        false);
  }

  /** A TCP port; 0 takes any free one. */
  public static Setting<Integer> port(String key, int defaultValue, String doc) {
    return number(key, defaultValue, 0, 65_535, doc);
  }

  /** A size in bytes: {@code 65536}, {@code 64k}, {@code 32m}, {@code 1g}. */
  public static Setting<Long> bytes(String key, String defaultText, String doc) {
    return new Setting<>(key, doc, defaultText, Setting::parseBytes, false);
  }

  /** A span of time: {@code 250ms}, {@code 20s}, {@code 5m}, {@code 2h}. */
  public static Setting<Duration> duration(String key, String defaultText, String doc) {
    return new Setting<>(key, doc, defaultText, Setting::parseDuration, false);
  }

  /** Of a secret: the key that names a file with it. */
  public String fileKey() {
    return key + ".file";
  }

  /** Whether a key is this setting's: its own, or of a secret that of its file. */
  boolean isNamed(String name) {
    return name.equals(key) || (secret && name.equals(fileKey()));
  }

  /** As a command-line flag; of a secret that of its file. */
  public String flagName() {
    return "--" + (secret ? fileKey() : key).replace('.', '-');
  }

  /** As an environment variable. */
  public String environmentName() {
    return environmentName(key);
  }

  static String environmentName(String key) {
    return "TAILRACE_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static Boolean parseFlag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    };
  }

  private static Long parseBytes(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int shift =
        switch (lower.isEmpty() ? ' ' : lower.charAt(lower.length() - 1)) {
          case 'k' -> 10;
          case 'm' -> 20;
          case 'g' -> 30;
          default -> 0;
        };
    String digits = shift == 0 ? lower : lower.substring(0, lower.length() - 1);
    if (!digits.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("is not a size such as 65536, 64k, 32m or 1g");
    }
    return Long.parseLong(digits) << shift;
  }

  private static Duration parseDuration(String text) {
    String unit = text.replaceAll("[0-9]", "");
    String digits = text.substring(0, text.length() - unit.length());
    if (!digits.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("is not a duration such as 250ms, 20s, 5m or 2h");
    }
    long amount = Long.parseLong(digits);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default ->
          throw new IllegalArgumentException("is not a duration such as 250ms, 20s, 5m or 2h");
    };
  }
}
