package dev.tailrace.support.kafka;

import dev.tailrace.support.config.Setting;
import java.util.Arrays;
import java.util.List;

/**
 * What the dispatchers read, and as whom: their own settings, which others need to know as well
 * where they speak for the whole platform.
 *
 * <p>Threading: constants.
 */
public final class IngressSettings {
  /** The topics, one or more. */
  public static final Setting<List<String>> TOPICS =
      new Setting<>(
          "dispatcher.ingress.topics",
          "topics that events are read from, separated by commas",
          "tailrace.events",
          IngressSettings::topics,
          false);

  /** The consumer group. */
  public static final Setting<String> GROUP =
      Setting.text(
          "dispatcher.group", "tailrace.dispatcher", "consumer group that all dispatchers share");

  private IngressSettings() {}

  private static List<String> topics(String text) {
    List<String> topics =
        Arrays.stream(text.split(",")).map(String::trim).filter(t -> !t.isEmpty()).toList();
    if (topics.isEmpty()) {
      throw new IllegalArgumentException("names no topic");
    }
    return topics;
  }
}
