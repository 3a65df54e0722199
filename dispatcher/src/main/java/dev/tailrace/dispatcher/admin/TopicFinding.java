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
    /** A dispatcher works with it. */
    WARNING
  }

  /** Whether no dispatcher works with it. */
  public boolean refused() {
    return severity != Severity.WARNING;
  }

  @Override
  public String toString() {
    return "topic %s: %s".formatted(topic, text);
  }
}
