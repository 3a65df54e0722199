package dev.tailrace.edge.config;

import dev.tailrace.edge.auth.AuthConfig;
import dev.tailrace.edge.catchup.CatchUpConfig;
import dev.tailrace.edge.connection.ConnectionLimits;
import dev.tailrace.edge.console.ConsoleAccess;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.edge.http.ExemptAddresses;
import dev.tailrace.edge.http.HttpConfig;
import dev.tailrace.edge.placement.PlacementConfig;
import dev.tailrace.edge.publish.PublishConfig;
import dev.tailrace.edge.tail.TailConfig;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.tracing.TracingConfig;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An edge's configuration.
 *
 * @param name in the fleet; empty for its host and port
 * @param console who may look at it, and act by it
 * @param exempt addresses that the limits of connections are not for
 * @param limits of events published here
 */
public record EdgeConfig(
    String name,
    AuthConfig auth,
    HttpConfig http,
    TailConfig tail,
    CatchUpConfig catchUp,
    DeliveryConfig delivery,
    ConnectionLimits connections,
    ExemptAddresses exempt,
    PublishConfig publish,
    DrainConfig drain,
    PlacementConfig placement,
    ConsoleAccess console,
    TracingConfig tracing,
    EventLimits limits) {
  /** Its name in the fleet. */
  public static final Setting<String> NAME = ProcessName.setting("edge.name");

  private static final Setting<Long> MAX_DATA =
      Setting.bytes("event.data.max", "1m", "longest data of an event");
  private static final Setting<Integer> MAX_ADDRESSES =
      Setting.number(
          "event.addresses.max", 1_000, 1, 100_000, "most users and channels of an event");

  /** All of them. */
  public static final List<Setting<?>> SETTINGS =
      Stream.of(
              List.<Setting<?>>of(KafkaSettings.BOOTSTRAP_SERVERS, NAME),
              HttpConfig.SETTINGS,
              AuthConfig.SETTINGS,
              TailConfig.SETTINGS,
              CatchUpConfig.SETTINGS,
              DeliveryConfig.SETTINGS,
              ConnectionLimits.SETTINGS,
              ExemptAddresses.SETTINGS,
              PublishConfig.SETTINGS,
              DrainConfig.SETTINGS,
              PlacementConfig.SETTINGS,
              ConsoleAccess.SETTINGS,
              TracingConfig.EDGE_SETTINGS,
              List.<Setting<?>>of(MAX_DATA, MAX_ADDRESSES))
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** All of it as it was given, a line each, without the secrets. */
  public static String describe(Settings settings, KafkaSettings kafka) {
    return Stream.concat(settings.describe(SETTINGS).stream(), kafka.describe().stream())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** That of a configuration. */
  public static EdgeConfig from(Settings settings) {
    HttpConfig http = HttpConfig.from(settings);
    DeliveryConfig delivery = DeliveryConfig.from(settings);
    if (http.idleTimeout().compareTo(delivery.heartbeat().multipliedBy(2)) < 0) {
      throw new SettingException(
          "%s is to be at least twice %s: a stream would be taken for dead between heartbeats"
              .formatted(HttpConfig.IDLE_TIMEOUT.key(), DeliveryConfig.HEARTBEAT.key()));
    }
    return new EdgeConfig(
        ProcessName.from(settings, NAME),
        AuthConfig.from(settings, http.corsOrigins()),
        http,
        TailConfig.from(settings),
        CatchUpConfig.from(settings),
        delivery,
        ConnectionLimits.from(settings),
        ExemptAddresses.from(settings, http.proxies()),
        PublishConfig.from(settings, http.development()),
        DrainConfig.from(settings, http.development()),
        PlacementConfig.from(settings),
        ConsoleAccess.from(settings, http.development()),
        TracingConfig.from(settings),
        new EventLimits(Math.toIntExact(settings.get(MAX_DATA)), settings.get(MAX_ADDRESSES)));
  }
}
