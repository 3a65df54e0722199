package dev.tailrace.dispatcher.admin;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The platform's topics, as configured.
 *
 * <p>Threading: stateless.
 */
final class TopicShapes {
  private static final String CLEANUP = "cleanup.policy";
  private static final String MAX_BYTES = Integer.toString(TopicConfig.MAX_MESSAGE_BYTES);

  private static final String FLEET_RETENTION_MS = millis(Duration.ofMinutes(10));
  private static final String FLEET_SEGMENT_MS = millis(Duration.ofMinutes(5));

  private TopicShapes() {}

  static List<TopicShape> of(TopicConfig config) {
    List<TopicShape> shapes = new ArrayList<>();
    Map<String, String> plain = Map.of(CLEANUP, "delete", TopicShape.MAX_MESSAGE_BYTES, MAX_BYTES);
    for (String topic : config.ingressTopics()) {
      // Somebody else's topic may take smaller records, but must not forget by key.
      shapes.add(
          shape(config, topic, config.ingressPartitions(), plain, Map.of(CLEANUP, "delete")));
    }
    shapes.add(lane(config, Topics.USERS, config.userPartitions()));
    shapes.add(lane(config, Topics.CHANNELS, config.channelPartitions()));
    Map<String, String> deadLetters = new TreeMap<>(plain);
    deadLetters.put(TopicShape.RETENTION_MS, millis(config.deadLetterRetention()));
    shapes.add(shape(config, Topics.DEAD_LETTERS, 1, deadLetters, plain));
    Map<String, String> compacted = Map.of(CLEANUP, "compact");
    for (String topic : List.of(Topics.CONTROL, Topics.EDGES, Topics.SLOTS)) {
      shapes.add(shape(config, topic, 1, compacted, compacted));
    }
    Map<String, String> brief = new TreeMap<>(Map.of(CLEANUP, "delete"));
    brief.put(TopicShape.RETENTION_MS, FLEET_RETENTION_MS);
    brief.put("segment.ms", FLEET_SEGMENT_MS);
    shapes.add(shape(config, Topics.FLEET, 1, brief, Map.of(CLEANUP, "delete")));
    return shapes;
  }

  /** Whether dispatchers work without it: it is for people who look. */
  static boolean isNeeded(String topic) {
    return !topic.equals(Topics.FLEET);
  }

  /** The topic of any generation of a lane. */
  static TopicShape lane(TopicConfig config, String topic, int partitions) {
    Map<String, String> required =
        Map.of(
            CLEANUP,
            "delete",
            TopicShape.MAX_MESSAGE_BYTES,
            MAX_BYTES,
            "message.timestamp.type",
            "CreateTime",
            "message.timestamp.before.max.ms",
            millis(config.beforeMax()),
            "message.timestamp.after.max.ms",
            millis(config.afterMax()));
    Map<String, String> configs = new TreeMap<>(required);
    configs.put(TopicShape.RETENTION_MS, millis(config.laneRetention()));
    return shape(config, topic, partitions, configs, required);
  }

  private static TopicShape shape(
      TopicConfig config,
      String topic,
      int partitions,
      Map<String, String> configs,
      Map<String, String> required) {
    Map<String, String> all = new TreeMap<>(configs);
    all.put(TopicShape.MIN_ISR, Integer.toString(config.minIsr()));
    all.put(TopicShape.UNCLEAN, "false");
    return new TopicShape(
        topic, partitions, (short) config.replication(), all, new TreeMap<>(required));
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
