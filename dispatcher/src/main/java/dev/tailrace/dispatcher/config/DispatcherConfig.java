package dev.tailrace.dispatcher.config;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.fleet.ProcessName;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.operator.OperatorAccess;
import dev.tailrace.support.tracing.TracingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything the dispatcher can be told.
 *
 * @param name in the fleet; empty for its host and port
 * @param operator who may read the operator port
 * @param startupTimeout how long to wait for Kafka at the start before giving up
 * @param given all of it as it was given, a line each, without the secrets
 */
public record DispatcherConfig(
    KafkaSettings kafka,
    String name,
    TopicConfig topics,
    PumpConfig pump,
    TracingConfig tracing,
    String operatorHost,
    int operatorPort,
    OperatorAccess operator,
    Duration startupTimeout,
    List<String> given) {
  /** Its name in the fleet. */
  public static final Setting<String> NAME = ProcessName.setting("dispatcher.name");

  /** The operator port's address. */
  public static final Setting<String> OPERATOR_HOST =
      Setting.text(
          "dispatcher.operator.host",
          "127.0.0.1",
          "address of the operator port; one that is not loopback needs operator.token and"
              + " operator.plaintext");

  /** The operator port. */
  public static final Setting<Integer> OPERATOR_PORT =
      Setting.port(
          "dispatcher.operator.port", 8091, "port of /healthz /readyz /metrics /dump /v1/locate");

  private static final Setting<Duration> STARTUP_TIMEOUT =
      Setting.duration(
          "dispatcher.startup.timeout", "30s", "how long to wait for Kafka when starting");

  /** All of the dispatcher's settings, for help, documentation and the check of keys. */
  public static final List<Setting<?>> SETTINGS = settings();

  private static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>();
    all.add(KafkaSettings.BOOTSTRAP_SERVERS);
    all.add(NAME);
    all.add(OPERATOR_HOST);
    all.add(OPERATOR_PORT);
    all.addAll(OperatorAccess.SETTINGS);
    all.add(STARTUP_TIMEOUT);
    all.addAll(PumpConfig.SETTINGS);
    all.addAll(TopicConfig.SETTINGS);
    all.addAll(TracingConfig.DISPATCHER_SETTINGS);
    return List.copyOf(all);
  }

  /** Reads and checks them. */
  public static DispatcherConfig from(Settings settings) {
    TopicConfig topics = TopicConfig.from(settings);
    KafkaSettings kafka = KafkaSettings.from(settings);
    List<String> given = new ArrayList<>(settings.describe(SETTINGS));
    given.addAll(kafka.describe());
    return new DispatcherConfig(
        kafka,
        ProcessName.from(settings, NAME),
        topics,
        PumpConfig.from(settings, topics.beforeMax()),
        TracingConfig.from(settings),
        settings.get(OPERATOR_HOST),
        settings.get(OPERATOR_PORT),
        OperatorAccess.from(settings),
        settings.get(STARTUP_TIMEOUT),
        List.copyOf(given));
  }
}
