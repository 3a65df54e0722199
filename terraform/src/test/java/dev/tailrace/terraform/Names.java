package dev.tailrace.terraform;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.support.config.LogFormat;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.terraform.Deployment.Container;
import dev.tailrace.terraform.Deployment.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import tools.jackson.databind.JsonNode;

/** What a deployment names of ours is there: settings as the processes read them, and metrics. */
final class Names {
  private static final String PREFIX = "TAILRACE_";
  private static final String NAMESPACE = "Tailrace";
  private static final Pattern KEY = Pattern.compile("(?m)^\\| `([a-z.]+)`");
  private static final Pattern METRIC = Pattern.compile("`(tailrace_\\w+)`");

  /** Long enough for any secret. */
  private static final String SECRET = "0123456789abcdef".repeat(4);

  /** What an operator's command reads; the word is the one that it begins with by itself. */
  private static final String COMMAND = "slots";

  private static final Set<String> SETTINGS_OF_COMMANDS =
      Set.of(KafkaSettings.BOOTSTRAP_SERVERS.key(), IngressSettings.TOPICS.key());

  private Names() {}

  static List<String> settings(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (String part : List.of("edge", "dispatcher", COMMAND)) {
      Set<String> known = settingsOf(part);
      for (Container container : deployment.containers(part)) {
        Map<String, String> given = new TreeMap<>(container.environment());
        container.secrets().forEach(secret -> given.put(secret, SECRET));
        for (String variable : given.keySet()) {
          String key = variable.replace(PREFIX, "").toLowerCase(Locale.ROOT).replace('_', '.');
          boolean ofKafka =
              key.startsWith(Settings.KAFKA_PREFIX)
                  && ConsumerConfig.configNames()
                      .contains(key.substring(Settings.KAFKA_PREFIX.length()));
          if (!variable.startsWith(PREFIX) || !(known.contains(key) || ofKafka)) {
            broken.add(container.name() + " is given " + variable + ", which it does not know");
          }
        }
        refusal(part, given).ifPresent(why -> broken.add(container.name() + " refuses " + why));
      }
    }
    return broken;
  }

  /** What the process itself says of its settings at its start. */
  private static Optional<String> refusal(String part, Map<String, String> given) {
    Settings settings = Settings.load(List.of(), given);
    try {
      var _ = settings.get(LogFormat.SETTING);
      if (part.equals("edge")) {
        EdgeConfig.from(settings);
      } else if (part.equals(COMMAND)) {
        KafkaSettings.from(settings);
      } else {
        DispatcherConfig.from(settings);
      }
      return Optional.empty();
    } catch (SettingException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Set<String> settingsOf(String part) {
    if (part.equals(COMMAND)) {
      return SETTINGS_OF_COMMANDS;
    }
    Matcher table =
        Pattern.compile("(?s)<!-- settings: " + part + " -->(.*?)<!-- end of settings -->")
            .matcher(page("configuration.md"));
    if (!table.find()) {
      throw new IllegalStateException("no table of the settings of " + part);
    }
    return KEY.matcher(table.group(1))
        .results()
        .map((MatchResult row) -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static List<String> metrics(Deployment deployment) {
    Set<String> exported =
        METRIC
            .matcher(page("operations.md"))
            .results()
            .map((MatchResult name) -> name.group(1))
            .collect(Collectors.toSet());
    String collected =
        deployment.containers().stream()
            .map(container -> container.environment().getOrDefault("AOT_CONFIG_CONTENT", ""))
            .collect(Collectors.joining("\n"));
    List<String> broken = new ArrayList<>();
    for (Map.Entry<String, String> named : named(deployment).entrySet()) {
      if (!exported.contains(named.getValue())) {
        broken.add(named.getKey() + " is of " + named.getValue() + ", which nothing exports");
      } else if (!Pattern.compile("\\b" + named.getValue() + "\\b").matcher(collected).find()) {
        broken.add(named.getKey() + " is of " + named.getValue() + ", which nobody collects");
      }
    }
    return broken;
  }

  /** Metrics of ours by who goes by them: alarms and scaling. */
  static Map<String, String> named(Deployment deployment) {
    Map<String, String> named = new TreeMap<>();
    for (Resource alarm : deployment.of("aws_cloudwatch_metric_alarm")) {
      if (alarm.text("namespace").equals(NAMESPACE)) {
        named.put(alarm.address(), alarm.text("metric_name"));
      }
    }
    for (Resource policy : deployment.of("aws_appautoscaling_policy")) {
      JsonNode metric =
          policy
              .block("target_tracking_scaling_policy_configuration")
              .path("customized_metric_specification")
              .path(0);
      if (metric.path("namespace").asString("").equals(NAMESPACE)) {
        named.put(policy.address(), metric.path("metric_name").asString(""));
      }
    }
    return named;
  }

  private static String page(String name) {
    try {
      return Files.readString(Terraform.source().resolveSibling("docs").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
