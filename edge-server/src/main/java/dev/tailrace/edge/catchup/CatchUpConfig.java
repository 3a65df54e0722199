package dev.tailrace.edge.catchup;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.List;

/**
 * Catch-up's settings.
 *
 * @param userBytes how much may be read from Kafka for one user within an hour
 * @param addressBytes how much for all clients of one network address
 */
public record CatchUpConfig(long userBytes, long addressBytes) {
  private static final Setting<Long> USER_BYTES =
      Setting.bytes(
          "edge.catchup.user.bytes",
          "1g",
          "How much may be looked at in Kafka for one user within an hour, what lies between their"
              + " own events included. Whose share is used up is told a gap `budget` and goes on"
              + " with what is in memory; the share comes back evenly over an hour");
  private static final Setting<Long> ADDRESS_BYTES =
      Setting.bytes(
          "edge.catchup.address.bytes",
          "16g",
          "The same for all clients of one network address, or of one /64 of IPv6. The machine's"
              + " own are not counted. Clients behind a proxy come from its address");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(USER_BYTES, ADDRESS_BYTES);

  /** Those of a configuration. */
  public static CatchUpConfig from(Settings settings) {
    return new CatchUpConfig(settings.get(USER_BYTES), settings.get(ADDRESS_BYTES));
  }
}
