package dev.tailrace.cli.console;

/**
 * A line of a screen.
 *
 * @param text without any control character
 */
public record ScreenLine(String text, Style style) {
  private static final String ESCAPE = "\033[";
  private static final String PLAIN_AGAIN = ESCAPE + "0m";

  /** How it looks. */
  public enum Style {
    PLAIN(""),
    BOLD("1m"),
    /** What was, and may not be any more. */
    DIM("2m"),
    ALERT("1;7m");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  static ScreenLine plain(String text) {
    return new ScreenLine(text, Style.PLAIN);
  }

  /** For a terminal that knows the plain ANSI codes. */
  String ansi() {
    return style == Style.PLAIN ? text : ESCAPE + style.code + text + PLAIN_AGAIN;
  }
}
