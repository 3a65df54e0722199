package dev.tailrace.edge.delivery;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The delivery agents' settings.
 *
 * @param agents how many delivery agents
 * @param maxConnections most connections, all agents together
 * @param maxSubscriptions most channels of one connection
 * @param heartbeat longest time between two heartbeats; each comes at 60-100 % of it
 * @param lifetime after 75-100 % of it a stream is ended; zero for never
 * @param linger how long a partition that nobody reads stays followed
 * @param slow what becomes of slow subscribers
 * @param heldBytes most bytes of events, beside turns, that the clients of one agent may keep from
 *     being let go by not taking them
 */
public record DeliveryConfig(
    int agents,
    int maxConnections,
    int maxSubscriptions,
    Duration heartbeat,
    Duration lifetime,
    Duration linger,
    SlowPolicies slow,
    long heldBytes) {
  private static final Setting<Integer> AGENTS =
      Setting.number("edge.delivery.agents", 1, 1, 64, "Delivery threads; one per core at most");

  /** Most connections. */
  public static final Setting<Integer> MAX_CONNECTIONS =
      Setting.number(
          "edge.max.connections",
          15_000,
          1,
          1_000_000,
          "Connections this edge takes; more are told to come back or go elsewhere");

  private static final Setting<Integer> MAX_SUBSCRIPTIONS =
      Setting.number(
          "edge.max.subscriptions", 100, 1, 10_000, "Channels that one connection may follow");

  /** Longest time between heartbeats. */
  public static final Setting<Duration> HEARTBEAT =
      Setting.duration(
          "edge.heartbeat",
          "25s",
          "Longest time between two cursor heartbeats; each comes at 60-100 % of it");

  private static final Setting<Duration> LIFETIME =
      Setting.duration(
          "edge.connection.lifetime",
          "4h",
          "After 75-100 % of this a stream is ended and its client told to come back, so that a"
              + " fleet evens out after an edge was added; 0s: never");

  private static final Setting<Duration> LINGER =
      Setting.duration(
          "edge.linger", "60s", "How long a lane partition stays followed when nobody reads it");

  private static final Setting<SlowPolicies> SLOW =
      new Setting<>(
          "edge.slow.policy",
          "What becomes of a subscriber that falls out of the window in memory (edge.log.bytes):"
              + " pattern=policy, separated by commas, the first pattern that covers a channel"
              + " decides. A pattern is a name, or a beginning and *; a policy is replay (the"
              + " default), conflate, skip or disconnect",
          "",
          SlowPolicies::parse,
          false);

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      List.of(AGENTS, MAX_CONNECTIONS, MAX_SUBSCRIPTIONS, HEARTBEAT, LIFETIME, LINGER, SLOW);

  /** Those of a configuration. */
  public static DeliveryConfig from(Settings settings) {
    return new DeliveryConfig(
        settings.get(AGENTS),
        settings.get(MAX_CONNECTIONS),
        settings.get(MAX_SUBSCRIPTIONS),
        settings.get(HEARTBEAT),
        settings.get(LIFETIME),
        settings.get(LINGER),
        settings.get(SLOW),
        Runtime.getRuntime().maxMemory() / 8 / settings.get(AGENTS));
  }
}
