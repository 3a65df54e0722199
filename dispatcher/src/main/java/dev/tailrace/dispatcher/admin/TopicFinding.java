package dev.tailrace.dispatcher.admin;

/**
 * Something about a topic that is not as it should be.
 *
 * @param refused whether no dispatcher works with it; else it is a warning
 * @param text what it is, and what to run or set
 */
public record TopicFinding(String topic, boolean refused, String text) {
  @Override
  public String toString() {
    return "topic %s: %s".formatted(topic, text);
  }
}
