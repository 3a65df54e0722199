package dev.tailrace.cli.doctor;

/**
 * What one look has found.
 *
 * @param check what was looked at
 * @param text what it is like, in a line
 * @param mend what to do about it, in a line; empty when there is nothing to do
 */
public record Finding(String check, Level level, String text, String mend) {
  /** How bad it is. */
  public enum Level {
    OK,
    /** It works, and not as well or as safely as it could; or it could not be looked at. */
    WARNING,
    /** Something that is promised does not hold. */
    PROBLEM
  }

  static Finding ok(String check, String text) {
    return new Finding(check, Level.OK, text, "");
  }

  static Finding warning(String check, String text, String mend) {
    return new Finding(check, Level.WARNING, text, mend);
  }

  static Finding problem(String check, String text, String mend) {
    return new Finding(check, Level.PROBLEM, text, mend);
  }
}
