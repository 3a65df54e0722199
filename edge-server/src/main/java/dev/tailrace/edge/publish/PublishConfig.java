package dev.tailrace.edge.publish;

import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How events that clients publish get into Kafka.
 *
 * @param topic the ingress topic they are written to
 * @param timeout how long a publisher waits for Kafka's acknowledgement
 * @param maxInFlight most events taken and not yet answered
 * @param maxInFlightBytes most bytes of such events; request bodies are bounded by the same number
 * @param userRate how many events a user may publish per second; 0 for any number
 * @param userBurst how many at once
 */
public record PublishConfig(
    String topic,
    Duration timeout,
    int maxInFlight,
    long maxInFlightBytes,
    int userRate,
    int userBurst) {
  /** One that lets everybody publish as much as he likes. */
  PublishConfig(String topic, Duration timeout, int maxInFlight, long maxInFlightBytes) {
    this(topic, timeout, maxInFlight, maxInFlightBytes, 0, 1);
  }

  /** The topic. */
  public static final Setting<String> TOPIC =
      Setting.text("publish.topic", Topics.EVENTS, "Ingress topic of what clients publish");

  /** The time to acknowledge. */
  public static final Setting<Duration> TIMEOUT =
      Setting.duration(
          "publish.timeout", "10s", "How long a publisher waits for Kafka before it gets a 503");

  /** The bound on events. */
  public static final Setting<Integer> MAX_IN_FLIGHT =
      Setting.number(
          "publish.inflight.max",
          2_000,
          1,
          1_000_000,
          "Most published events waiting for Kafka; more get a 503");

  /** The bound on bytes. */
  public static final Setting<Long> MAX_IN_FLIGHT_BYTES =
      Setting.bytes(
          "publish.inflight.bytes",
          "32m",
          "Most bytes of published events waiting for Kafka, and of bodies being received");

  private static final Setting<Integer> USER_RATE =
      Setting.number(
          "publish.user.rate",
          50,
          0,
          1_000_000,
          "Events that one user may publish per second at this edge, over HTTP and WebSockets"
              + " together; more get a 429; 0: any number. Tokens without a user count by their id,"
              + " those without either all together. In development mode the default is 0");

  private static final Setting<Integer> USER_BURST =
      Setting.number(
          "publish.user.burst",
          100,
          1,
          1_000_000,
          "Events that a user who has published nothing for a while may publish at once");

  /** All settings of this part. */
  public static final List<Setting<?>> SETTINGS =
      List.of(TOPIC, TIMEOUT, MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES, USER_RATE, USER_BURST);

  /** That of a configuration. */
  public static PublishConfig from(Settings settings, boolean development) {
    boolean unlimited = development && !settings.has(USER_RATE);
    return new PublishConfig(
        settings.get(TOPIC),
        settings.get(TIMEOUT),
        settings.get(MAX_IN_FLIGHT),
        settings.get(MAX_IN_FLIGHT_BYTES),
        unlimited ? 0 : settings.get(USER_RATE),
        settings.get(USER_BURST));
  }
}
