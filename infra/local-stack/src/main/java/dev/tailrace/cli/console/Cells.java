package dev.tailrace.cli.console;

/**
 * Text as it may stand in a terminal: names come from elsewhere, and may hold what a terminal would
 * obey, or what makes a column wider than it has characters.
 *
 * <p>Threading: stateless.
 */
public final class Cells {
  private static final String CUT = "~";

  private Cells() {}

  /**
   * The text with all that is no visible character written out as {@code \\u001b}: control
   * characters, marks of direction, combining marks, halves of pairs, what is not assigned.
   */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(point -> append(shown, point));
    return shown.toString();
  }

  private static void append(StringBuilder shown, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK ->
          shown.append(point < 0x10000 ? "\\u%04x".formatted(point) : "\\U%06x".formatted(point));
      default -> shown.appendCodePoint(point);
    }
  }

  /** How many columns a shown text takes. */
  public static int width(String shown) {
    return shown.codePoints().map(Cells::width).sum();
  }

  private static int width(int point) {
    boolean wide =
        (point >= 0x1100 && point <= 0x115f)
            || (point >= 0x2e80 && point <= 0xa4cf)
            || (point >= 0xac00 && point <= 0xd7a3)
            || (point >= 0xf900 && point <= 0xfaff)
            || (point >= 0xfe30 && point <= 0xfe6f)
            || (point >= 0xff00 && point <= 0xff60)
            || (point >= 0xffe0 && point <= 0xffe6)
            || (point >= 0x1f300 && point <= 0x1faff)
            || (point >= 0x20000 && point <= 0x3fffd);
    return wide ? 2 : 1;
  }

  /** The text, shown, in exactly so many columns: cut, or filled with blanks. */
  public static String left(String text, int columns) {
    String cut = cut(shown(text), columns);
    return cut + " ".repeat(columns - width(cut));
  }

  /** The same at the right end of its columns. */
  public static String right(String text, int columns) {
    String cut = cut(shown(text), columns);
    return " ".repeat(columns - width(cut)) + cut;
  }

  /** A shown text in so many columns at most; what is cut says so. */
  public static String cut(String shown, int columns) {
    if (width(shown) <= columns) {
      return shown;
    }
    StringBuilder cut = new StringBuilder();
    int used = 0;
    for (int point : shown.codePoints().toArray()) {
      used += width(point);
      if (used > columns - 1) {
        break;
      }
      cut.appendCodePoint(point);
    }
    return columns > 0 ? cut + CUT : "";
  }
}
