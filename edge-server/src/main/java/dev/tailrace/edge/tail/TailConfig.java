package dev.tailrace.edge.tail;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.List;

/**
 * The tail's settings.
 *
 * @param logBytes bound of each partition's window, records and encodings together
 */
public record TailConfig(long logBytes) {
  private static final Setting<Long> LOG_BYTES =
      Setting.bytes(
          "edge.log.bytes",
          "16m",
          "How much of each followed lane partition is held in memory, encodings included; resumes"
              + " from within it need no Kafka");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(LOG_BYTES);

  /** Those of a configuration. */
  public static TailConfig from(Settings settings) {
    return new TailConfig(settings.get(LOG_BYTES));
  }
}
