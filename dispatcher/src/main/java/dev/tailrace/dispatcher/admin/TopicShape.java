package dev.tailrace.dispatcher.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One topic as the platform wants it.
 *
 * @param configs what it is created with
 * @param required what an existing one must have, or is refused: config to exact value; {@code
 *     max.message.bytes} is a least value
 */
record TopicShape(
    String name,
    int partitions,
    short replication,
    Map<String, String> configs,
    Map<String, String> required) {
  static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  static final String MIN_ISR = "min.insync.replicas";
  static final String UNCLEAN = "unclean.leader.election.enable";

  /** What is wrong with an existing topic that has these settings, as a config to be set. */
  @Nullable Misfit misfit(Map<String, String> actual, boolean dev) {
    for (Map.Entry<String, String> wanted : required.entrySet()) {
      String value = actual.getOrDefault(wanted.getKey(), "unset");
      boolean least = wanted.getKey().equals(MAX_MESSAGE_BYTES);
      if (least ? number(value) < number(wanted.getValue()) : !value.equals(wanted.getValue())) {
        return new Misfit(
            wanted.getKey(),
            value,
            wanted.getValue(),
            (least ? "at least " : "") + wanted.getValue());
      }
    }
    if (dev) {
      return null;
    }
    String minIsr = actual.getOrDefault(MIN_ISR, "1");
    if (number(minIsr) < 2) {
      return new Misfit(MIN_ISR, minIsr, "2", "at least 2, so that no acknowledged record is lost");
    }
    String unclean = actual.getOrDefault(UNCLEAN, "false");
    if (!unclean.equals("false")) {
      return new Misfit(UNCLEAN, unclean, "false", "false, so that no acknowledged record is lost");
    }
    return null;
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : Long.MIN_VALUE;
  }

  /**
   * One config that must be changed.
   *
   * @param wanted the value to set
   * @param must what is asked for, in words
   */
  record Misfit(String config, String actual, String wanted, String must) {}
}
