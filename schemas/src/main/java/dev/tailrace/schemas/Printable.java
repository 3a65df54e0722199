package dev.tailrace.schemas;

/**
 * What others sent, as it may stand in a log line or an answer.
 *
 * <p>Threading: stateless.
 */
public final class Printable {
  private static final int MAX_SHOWN = 60;

  private Printable() {}

  /** The value, of which 60 characters are enough, with all but printable ASCII replaced. */
  public static String of(String value) {
    return of(value, MAX_SHOWN);
  }

  /** The value cut to so many characters, with all but printable ASCII replaced. */
  public static String of(String value, int most) {
    String cut = value.length() > most ? value.substring(0, most) + "..." : value;
    return cut.replaceAll("[^ -~]", "?");
  }
}
