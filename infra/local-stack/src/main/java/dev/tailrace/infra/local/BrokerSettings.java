package dev.tailrace.infra.local;

import dev.tailrace.support.config.Setting;
import java.util.List;

/**
 * Configuration of the embedded broker.
 *
 * <p>Threading: constants.
 */
public final class BrokerSettings {
  /** Where Kafka clients connect. */
  public static final Setting<Integer> PORT =
      Setting.port("broker.port", 9092, "Port of the embedded Kafka on 127.0.0.1; 0: any free one");

  /** Where records are kept. */
  public static final Setting<String> DATA =
      Setting.text(
          "broker.data",
          "",
          "Folder in which the embedded Kafka keeps its records. None: a temporary one, and"
              + " everything is gone when it stops");

  /** How many brokers. */
  public static final Setting<Integer> COUNT =
      Setting.number(
          "broker.count",
          1,
          1,
          5,
          "Brokers of the embedded Kafka, all in one process; all but the first take free ports."
              + " From 3 on its own topics, and those of dev, have 3 replicas, of which 2 must be"
              + " in sync");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(PORT, DATA, COUNT);

  private BrokerSettings() {}
}
