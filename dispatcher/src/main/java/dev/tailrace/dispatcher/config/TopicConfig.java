package dev.tailrace.dispatcher.config;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import java.time.Duration;
import java.util.List;

/**
 * How the platform's topics are created, and what an existing one must be like.
 *
 * @param dev one machine, no replicas: without it no copy may live on fewer than two brokers
 * @param beforeMax how old a lane record may be when it reaches the broker: what keeps a pump that
 *     was replaced from writing long after
 * @param afterMax how far a pump's clock may be ahead of the broker's
 */
public record TopicConfig(
    boolean dev,
    List<String> ingressTopics,
    int ingressPartitions,
    int userPartitions,
    int channelPartitions,
    int replication,
    int minIsr,
    Duration laneRetention,
    Duration deadLetterRetention,
    Duration beforeMax,
    Duration afterMax) {
  /** Longest record batch that ingress, lanes and dead letters take. */
  public static final int MAX_MESSAGE_BYTES = 2 << 20;

  static final Setting<Boolean> DEV =
      Setting.flag(
          "dev", false, "a single machine for development: topics without replicas are accepted");
  static final Setting<Integer> INGRESS_PARTITIONS =
      Setting.number(
          "topics.ingress.partitions", 8, 1, 10_000, "partitions of a new ingress topic");

  /** Partitions of the user lane. */
  public static final Setting<Integer> USER_PARTITIONS =
      Setting.number(
          "topics.users.partitions",
          8,
          1,
          4_096,
          "partitions of the user lane's first generation; one that has another number is refused."
              + " tailrace slots grows the lane later, and this stays");

  /** Partitions of the channel lane. */
  public static final Setting<Integer> CHANNEL_PARTITIONS =
      Setting.number(
          "topics.channels.partitions",
          9,
          1,
          4_097,
          "the same of the channel lane, of which the first is kept for $broadcast");

  /** Replicas of new topics. */
  public static final Setting<Integer> REPLICATION =
      Setting.number("topics.replication", 3, 1, 100, "replicas of new topics; 1 with dev");

  /** How many of them must have a record before it is acknowledged. */
  public static final Setting<Integer> MIN_ISR =
      Setting.number("topics.min.isr", 2, 1, 100, "min.insync.replicas of new topics; 1 with dev");

  static final Setting<Duration> LANE_RETENTION =
      Setting.duration(
          "topics.lane.retention", "24h", "how long a new lane keeps what clients may resume from");
  static final Setting<Duration> DEAD_LETTER_RETENTION =
      Setting.duration("topics.dead.letters.retention", "168h", "how long dead letters are kept");
  static final Setting<Duration> BEFORE_MAX =
      Setting.duration(
          "topics.lane.timestamp.before.max",
          "20s",
          "how old a record may be when a lane takes it. With dispatcher.lease it must stay below"
              + " 50s, or repetitions could come later than readers of the lanes look for them");
  static final Setting<Duration> AFTER_MAX =
      Setting.duration(
          "topics.lane.timestamp.after.max",
          "5s",
          "how far a dispatcher's clock may be ahead of the brokers'");

  /** All that shapes topics. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          DEV,
          IngressSettings.TOPICS,
          INGRESS_PARTITIONS,
          USER_PARTITIONS,
          CHANNEL_PARTITIONS,
          REPLICATION,
          MIN_ISR,
          LANE_RETENTION,
          DEAD_LETTER_RETENTION,
          BEFORE_MAX,
          AFTER_MAX);

  static TopicConfig from(Settings settings) {
    boolean dev = settings.get(DEV);
    return new TopicConfig(
        dev,
        settings.get(IngressSettings.TOPICS),
        settings.get(INGRESS_PARTITIONS),
        settings.get(USER_PARTITIONS),
        settings.get(CHANNEL_PARTITIONS),
        dev && !settings.has(REPLICATION) ? 1 : settings.get(REPLICATION),
        dev && !settings.has(MIN_ISR) ? 1 : settings.get(MIN_ISR),
        settings.get(LANE_RETENTION),
        settings.get(DEAD_LETTER_RETENTION),
        settings.get(BEFORE_MAX),
        settings.get(AFTER_MAX));
  }
}
