package dev.tailrace.infra.local;

import dev.tailrace.support.config.Setting;
import java.util.List;

/**
 * Configuration of {@code tailrace dev} itself.
 *
 * <p>Threading: constants.
 */
public final class DevSettings {
  /** Where the parts' logs go. */
  public static final Setting<String> LOGS =
      Setting.text("dev.logs", "data/dev", "Folder for the logs of broker, dispatcher and edge");

  /** How busy the sample producer is. */
  public static final Setting<Integer> SAMPLE_RATE =
      Setting.number(
          "dev.sample.rate", 2, 0, 1_000, "Sample events written per second; 0: no samples");

  /** Where the edge is reached through a network that can be made bad. */
  public static final Setting<Integer> NETWORK_PORT =
      Setting.number(
          "dev.network.port",
          8088,
          0,
          65_535,
          "Port of the bad network: the edge, and its page, through a proxy that the page can make"
              + " stall, cut and refuse; 0, or where the default is taken: any free one. An edge"
              + " with a certificate has none");

  /** Whether the parts are there to be looked at, not to be measured. */
  public static final Setting<Boolean> QUICK_START =
      Setting.flag(
          "dev.quick.start",
          true,
          "JVMs that start sooner and are slower under load; false for measurements");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      List.of(LOGS, SAMPLE_RATE, NETWORK_PORT, QUICK_START);

  private DevSettings() {}
}
