package dev.tailrace.dispatcher.admin;

import dev.tailrace.dispatcher.admin.TopicFinding.Severity;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Holds a cluster's topics against what the platform needs, and changes nothing.
 *
 * <p>Threading: one thread; blocks.
 */
final class TopicCheck {
  private static final Pattern LATER_GENERATION =
      Pattern.compile(
          "(%s|%s)\\.g[0-9]+"
              .formatted(Pattern.quote(Topics.USERS), Pattern.quote(Topics.CHANNELS)));

  private final Admin admin;
  private final String bootstrapServers;
  private final TopicConfig config;
  private final AdminCalls calls;

  TopicCheck(Admin admin, String bootstrapServers, TopicConfig config, AdminCalls calls) {
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
    this.config = config;
    this.calls = calls;
  }

  /** All that is not as it should be, what is refused first. */
  List<TopicFinding> findings() {
    List<TopicShape> shapes = new ArrayList<>(TopicShapes.of(config));
    addGrown(shapes);
    return findings(shapes);
  }

  /** Lanes that have grown lie in further topics, with as many partitions as was asked for. */
  private void addGrown(List<TopicShape> shapes) {
    try {
      for (String topic : calls.await(admin.listTopics().names())) {
        TopicDescription found = LATER_GENERATION.matcher(topic).matches() ? describe(topic) : null;
        if (found != null) {
          shapes.add(TopicShapes.lane(config, topic, found.partitions().size()));
        }
      }
    } catch (ExecutionException e) {
      throw calls.failed("reading the topics' names", e);
    }
  }

  /** The same of some topics. */
  List<TopicFinding> findings(Collection<TopicShape> shapes) {
    List<TopicFinding> findings = new ArrayList<>();
    Map<TopicShape, TopicDescription> existing = new HashMap<>();
    for (TopicShape shape : shapes) {
      TopicDescription found = describe(shape.name());
      if (found == null) {
        findings.add(missing(shape));
      } else {
        existing.put(shape, found);
      }
    }
    existing.forEach((shape, found) -> addPartitions(shape, found, findings));
    addConfigs(existing.keySet(), findings);
    findings.replaceAll(TopicCheck::bearable);
    findings.sort(
        Comparator.comparing(TopicFinding::severity)
            .thenComparing(TopicFinding::topic)
            .thenComparing(TopicFinding::text));
    return findings;
  }

  private static TopicFinding bearable(TopicFinding finding) {
    return TopicShapes.isNeeded(finding.topic()) || !finding.refused()
        ? finding
        : new TopicFinding(
            finding.topic(),
            finding.severity() == Severity.MISSING ? Severity.LACKING : Severity.WARNING,
            finding.text() + "; consoles show less until then");
  }

  /** What a topic looks like; null when there is none. */
  @Nullable TopicDescription describe(String topic) {
    try {
      return calls.await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw calls.failed("reading topic " + topic, e);
    }
  }

  private void addPartitions(
      TopicShape shape, TopicDescription found, List<TopicFinding> findings) {
    int actual = found.partitions().size();
    Setting<Integer> setting =
        switch (shape.name()) {
          case Topics.USERS -> TopicConfig.USER_PARTITIONS;
          case Topics.CHANNELS -> TopicConfig.CHANNEL_PARTITIONS;
          default -> null;
        };
    if (setting != null && actual != shape.partitions()) {
      findings.add(
          refused(
              shape,
              ("it has %d partitions, %s is %d: with another number users or channels would lie on"
                      + " other partitions than their history and their clients' cursors. If"
                      + " partitions were added to it, delete the topic, with its history; if it"
                      + " was created so, set %s=%d")
                  .formatted(actual, setting.key(), shape.partitions(), setting.key(), actual)));
    }
    if (actual != shape.partitions() && !TopicShapes.isNeeded(shape.name())) {
      findings.add(
          new TopicFinding(
              shape.name(),
              Severity.WARNING,
              ("it has %d partitions, as a broker may make it by itself, and one is used: run"
                      + " kafka-topics.sh --bootstrap-server %s --delete --topic %s, and then"
                      + " ./tailrace topics create")
                  .formatted(actual, bootstrapServers, shape.name())));
    }
    int replicas =
        found.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0);
    if (replicas < shape.replication()) {
      findings.add(
          new TopicFinding(
              shape.name(),
              Severity.WARNING,
              "it has %d replicas, topics.replication is %d: add replicas with kafka-reassign-partitions.sh"
                  .formatted(replicas, shape.replication())));
    }
  }

  private void addConfigs(Collection<TopicShape> existing, List<TopicFinding> findings) {
    Map<ConfigResource, KafkaFuture<Config>> answers =
        admin.describeConfigs(existing.stream().map(TopicCheck::resource).toList()).values();
    for (TopicShape shape : existing) {
      Config found = configOf(answers.get(resource(shape)));
      if (found == null) {
        findings.add(missing(shape));
        continue;
      }
      for (TopicShape.Misfit misfit : shape.misfits(values(found), config.dev())) {
        findings.add(
            new TopicFinding(
                shape.name(),
                misfit.refused() ? Severity.REFUSED : Severity.WARNING,
                text(shape.name(), misfit)));
      }
    }
  }

  /** Null when the broker that was asked does not know the topic, or not yet. */
  private @Nullable Config configOf(@Nullable KafkaFuture<Config> answer) {
    try {
      return answer == null ? null : calls.await(answer);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw calls.failed("reading the topics' configuration", e);
    }
  }

  private static ConfigResource resource(TopicShape shape) {
    return new ConfigResource(ConfigResource.Type.TOPIC, shape.name());
  }

  private static Map<String, String> values(Config config) {
    Map<String, String> values = new HashMap<>();
    for (ConfigEntry entry : config.entries()) {
      if (entry.value() != null) {
        values.put(entry.name(), entry.value());
      }
    }
    return values;
  }

  private String text(String topic, TopicShape.Misfit misfit) {
    return ("%s is %s, %s: run kafka-configs.sh --bootstrap-server %s --alter --entity-type topics"
            + " --entity-name %s --add-config %s=%s")
        .formatted(
            misfit.config(),
            misfit.actual(),
            misfit.must(),
            bootstrapServers,
            topic,
            misfit.config(),
            misfit.wanted());
  }

  private static TopicFinding refused(TopicShape shape, String text) {
    return new TopicFinding(shape.name(), Severity.REFUSED, text);
  }

  private static TopicFinding missing(TopicShape shape) {
    return new TopicFinding(
        shape.name(), Severity.MISSING, "it does not exist: run ./tailrace topics create");
  }
}
