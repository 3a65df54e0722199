package dev.tailrace.dispatcher.admin;

/**
 * Something about a topic that is not as it should be.
 *
 * @param text what it is, and what to run or set
 */
public record TopicFinding(String topic, Severity severity, String text) {
  /** How bad it is. */
  public enum Severity {
    /** It is not there. */
    MISSING,
    /** It is there, and no dispatcher works with it. */
    REFUSED,
    /** It is not there, and a dispatcher works without it. */
    LACKING,
    /** A dispatcher works with it. */
    WARNING
  }

  /** Whether no dispatcher works with it. */
  public boolean refused() {
    return severity == Severity.MISSING || severity == Severity.REFUSED;
  }

  @Override
  public String toString() {
    return "topic %s: %s".formatted(topic, text);
  }
}
