package dev.tailrace.edge.config;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.kafka.KafkaSettings;
import java.util.List;

/** Stand-in. */
public final class EdgeConfig {
  /** Stand-in. */
  public static final Setting<Integer> OPERATOR_PORT =
      Setting.port("edge.operator.port", 8090, "Operator port.");

  /** Stand-in. */
  public static final List<Setting<?>> SETTINGS =
      List.of(
          OPERATOR_PORT,
          Setting.port("edge.port", 8080, "Public port."),
          Setting.secret("auth.hmac.secret", "Secret of HS256 tokens."),
          Setting.flag("dev", false, "Stand-in."),
          KafkaSettings.BOOTSTRAP_SERVERS);

  private EdgeConfig() {}
}
