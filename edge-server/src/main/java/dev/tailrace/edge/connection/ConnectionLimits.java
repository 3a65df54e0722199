package dev.tailrace.edge.connection;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.List;

/**
 * How many connections one client may have, and how often he may open one.
 *
 * @param perAddress most connections of one network address; 0 for any number
 * @param perUser most connections of one user; 0 for any number
 * @param connectRate streams and WebSockets that one network address may open in a second; 0 for
 *     any number
 */
public record ConnectionLimits(int perAddress, int perUser, int connectRate) {
  /** How many seconds' worth of connects may come at once. */
  public static final int BURST_SECONDS = 10;

  /** The bound on a network address. */
  public static final Setting<Integer> PER_ADDRESS =
      Setting.number(
          "edge.address.connections",
          1_000,
          0,
          1_000_000,
          "Connections that one network address, or one /64 of IPv6, may hold here; 0: any number."
              + " All who share an address count together: raise it for an office or a carrier with"
              + " more clients than that");

  /** The bound on a user. */
  public static final Setting<Integer> PER_USER =
      Setting.number(
          "edge.user.connections",
          100,
          0,
          1_000_000,
          "Connections that one user may hold here, all devices and tabs together; 0: any number");

  /** The pace of an address. */
  public static final Setting<Integer> CONNECT_RATE =
      Setting.number(
          "edge.address.connect.rate",
          50,
          0,
          1_000_000,
          "Event streams and WebSockets that one network address may open per second, and ten times"
              + " as many at once when it has been quiet; 0: any number");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS = List.of(PER_ADDRESS, PER_USER, CONNECT_RATE);

  /** Those of a configuration. */
  public static ConnectionLimits from(Settings settings) {
    return new ConnectionLimits(
        settings.get(PER_ADDRESS), settings.get(PER_USER), settings.get(CONNECT_RATE));
  }
}
