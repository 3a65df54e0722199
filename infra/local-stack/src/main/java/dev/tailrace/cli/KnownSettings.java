package dev.tailrace.cli;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.edge.auth.AuthConfig;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.infra.local.BrokerSettings;
import dev.tailrace.infra.local.DevSettings;
import dev.tailrace.support.config.LogFormat;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Which settings which command reads.
 *
 * <p>Threading: constants.
 */
final class KnownSettings {
  private KnownSettings() {}

  /** Those that the help of this command lists. */
  static Collection<Setting<?>> of(String command) {
    return switch (command) {
      case "broker" -> server(BrokerSettings.SETTINGS);
      case "dispatcher" -> server(DispatcherConfig.SETTINGS);
      case "edge" -> server(EdgeConfig.SETTINGS);
      case "publish", "revoke", "disconnect" -> List.of(KafkaSettings.BOOTSTRAP_SERVERS);
      case "dead-letters", "slots" ->
          List.of(KafkaSettings.BOOTSTRAP_SERVERS, IngressSettings.TOPICS);
      case "bench" -> List.of(KafkaSettings.BOOTSTRAP_SERVERS, AuthConfig.HMAC_SECRET);
      case "topics" -> topics();
      case "doctor" -> doctor();
      case "top", "trace" -> ConsoleOptions.SETTINGS;
      case "token" -> List.of(AuthConfig.HMAC_SECRET);
      case "dev" -> all();
      default -> List.of();
    };
  }

  private static List<Setting<?>> server(List<Setting<?>> own) {
    List<Setting<?>> settings = new ArrayList<>(own);
    settings.add(LogFormat.SETTING);
    return settings;
  }

  private static List<Setting<?>> topics() {
    List<Setting<?>> settings = new ArrayList<>(TopicConfig.SETTINGS);
    settings.addFirst(KafkaSettings.BOOTSTRAP_SERVERS);
    return settings;
  }

  private static List<Setting<?>> doctor() {
    List<Setting<?>> settings = new ArrayList<>(topics());
    settings.add(DeliveryConfig.MAX_CONNECTIONS);
    settings.addAll(ConsoleOptions.SETTINGS);
    return settings;
  }

  /** All of them: one configuration file may serve every part. */
  static Collection<Setting<?>> all() {
    SequencedMap<String, Setting<?>> byKey = new LinkedHashMap<>();
    for (List<? extends Setting<?>> part :
        List.<List<? extends Setting<?>>>of(
            DevSettings.SETTINGS,
            BrokerSettings.SETTINGS,
            DispatcherConfig.SETTINGS,
            EdgeConfig.SETTINGS,
            List.of(LogFormat.SETTING),
            KafkaSettings.SECRETS)) {
      part.forEach(setting -> byKey.putIfAbsent(setting.key(), setting));
    }
    return byKey.values();
  }
}
