package dev.tailrace.cli.doctor;

import dev.tailrace.dispatcher.admin.TopicFinding;
import dev.tailrace.dispatcher.admin.TopicProvisioner;
import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.KafkaErrors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Holds a cluster against what the platform's guarantees rest on; changes nothing.
 *
 * <p>Threading: one thread; blocks, each call for the time limit at most.
 */
public final class KafkaChecks {
  private static final String CHECK = "kafka";
  private static final String TOPICS = "topics";
  private static final String PARTITIONS = "partitions";

  /** Beside ingress and the lanes: how far dispatchers have come is in the first. */
  private static final Set<String> OURS =
      Set.of(
          "__consumer_offsets",
          Topics.DEAD_LETTERS,
          Topics.CONTROL,
          Topics.EDGES,
          Topics.SLOTS,
          Topics.FLEET);

  /** Of Kafka 3.6, the first whose topics know {@code message.timestamp.before.max.ms}. */
  private static final short LEAST_METADATA_VERSION = 14;

  private final DispatcherConfig config;
  private final Duration timeout;
  private final InstantSource clock;
  private final List<Finding> findings = new ArrayList<>();

  /** Of the cluster that the configuration names; an answer is waited for so long. */
  public KafkaChecks(DispatcherConfig config, Duration timeout, InstantSource clock) {
    this.config = config;
    this.timeout = timeout;
    this.clock = clock;
  }

  /** All of them; when Kafka does not answer, that alone. */
  public List<Finding> findings() {
    int timeoutMs = Math.toIntExact(timeout.toMillis());
    try (Admin admin =
        Admin.create(
            config
                .kafka()
                .client(
                    "tailrace-doctor",
                    Map.of(
                        CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        timeoutMs,
                        CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                        timeoutMs)))) {
      try {
        if (reach(admin)) {
          look("features", () -> lookAtFeatures(admin));
          look("broker settings", () -> lookAtBrokers(admin));
          look(TOPICS, () -> lookAtTopics(admin));
          look(PARTITIONS, () -> lookAtPartitions(admin));
          look("clocks", () -> lookAtClocks(admin));
        }
      } finally {
        admin.close(Duration.ZERO);
      }
    } catch (RuntimeException e) {
      findings.add(unreachable(KafkaErrors.explain(e)));
    }
    return findings;
  }

  private boolean reach(Admin admin) {
    long began = System.nanoTime();
    try {
      Collection<Node> nodes = await(admin.describeCluster().nodes());
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      findings.add(
          Finding.ok(
              CHECK,
              "%d broker%s answer%s, after %d ms: %s"
                  .formatted(
                      nodes.size(),
                      nodes.size() == 1 ? "" : "s",
                      nodes.size() == 1 ? "s" : "",
                      tookMs,
                      nodes.stream()
                          .map(one -> one.id() + " at " + one.host() + ":" + one.port())
                          .collect(Collectors.joining(", ")))));
      return true;
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(
          unreachable(
              cause instanceof org.apache.kafka.common.errors.TimeoutException
                      || cause instanceof TimeoutException
                  ? "nobody answers within %d ms".formatted(timeout.toMillis())
                  : KafkaErrors.explain(cause instanceof Exception one ? one : e)));
      return false;
    }
  }

  private Finding unreachable(String why) {
    return Finding.problem(
        CHECK,
        "no Kafka at %s: %s".formatted(config.kafka().bootstrapServers(), oneLine(why)),
        "start it, or name another (--kafka-bootstrap-servers), with its kafka.security.protocol");
  }

  /** One look. */
  private interface Look {
    void run() throws ExecutionException, TimeoutException;
  }

  private void look(String check, Look look) {
    try {
      look.run();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      Exception cause = e.getCause() instanceof Exception one ? one : e;
      findings.add(
          Finding.warning(
              check,
              "not looked at: " + oneLine(KafkaErrors.explain(cause)),
              "ask as a user who may describe the cluster and its settings (DescribeConfigs)"));
    }
  }

  private void lookAtFeatures(Admin admin) throws ExecutionException, TimeoutException {
    FeatureMetadata features = await(admin.describeFeatures().featureMetadata());
    Map<String, String> levels = new LinkedHashMap<>();
    features
        .finalizedFeatures()
        .forEach((name, range) -> levels.put(name, Short.toString(range.maxVersionLevel())));
    String text =
        levels.entrySet().stream()
            .map(one -> one.getKey() + " " + one.getValue())
            .sorted()
            .collect(Collectors.joining(", "));
    String version = levels.get("metadata.version");
    if (version == null) {
      findings.add(
          Finding.warning(
              "features",
              "the cluster has no metadata.version: it runs on ZooKeeper, or is older than 3.3",
              "Tailrace is tested with Kafka 4: move to KRaft"));
    } else if (Short.parseShort(version) < LEAST_METADATA_VERSION) {
      findings.add(
          Finding.problem(
              "features",
              "metadata.version is %s, of a Kafka before 3.6: its topics know no message.timestamp.before.max.ms"
                  .formatted(version),
              "update the brokers, then kafka-features.sh upgrade --release-version 3.6"));
    } else {
      findings.add(Finding.ok("features", text));
    }
  }

  private void lookAtBrokers(Admin admin) throws ExecutionException, TimeoutException {
    List<ConfigResource> brokers =
        await(admin.describeCluster().nodes()).stream()
            .map(one -> new ConfigResource(ConfigResource.Type.BROKER, one.idString()))
            .toList();
    Map<Finding, TreeSet<String>> byFinding = new LinkedHashMap<>();
    for (Map.Entry<ConfigResource, Config> one :
        await(admin.describeConfigs(brokers).all()).entrySet()) {
      Map<String, String> values = new HashMap<>();
      one.getValue().entries().stream()
          .filter(entry -> entry.value() != null)
          .forEach(entry -> values.put(entry.name(), entry.value()));
      for (Finding finding : BrokerRules.findings(values, config)) {
        byFinding.computeIfAbsent(finding, ignored -> new TreeSet<>()).add(one.getKey().name());
      }
    }
    byFinding.forEach(
        (finding, of) ->
            findings.add(
                new Finding(
                    finding.check(),
                    finding.level(),
                    "broker %s: %s".formatted(String.join(", ", of), finding.text()),
                    finding.mend())));
    if (byFinding.isEmpty()) {
      findings.add(
          Finding.ok(
              "broker settings",
              "commits, groups, producers, sizes%s are as the guarantees need them"
                  .formatted(config.topics().dev() ? "" : ", replicas")));
    }
  }

  private void lookAtTopics(Admin admin) {
    List<TopicFinding> found =
        new TopicProvisioner(admin, config.kafka().bootstrapServers(), config.topics(), timeout)
            .check();
    for (TopicFinding one : found) {
      // Its text ends with what to run: "...: run kafka-configs.sh ...".
      int split = Math.max(one.text().lastIndexOf(": run "), one.text().lastIndexOf(": add "));
      String what = split < 0 ? one.text() : one.text().substring(0, split);
      String mend =
          split < 0 ? "see the text, and docs/operations.md" : one.text().substring(split + 2);
      findings.add(
          one.refused()
              ? Finding.problem(TOPICS, one.topic() + ": " + what, mend)
              : Finding.warning(TOPICS, one.topic() + ": " + what, mend));
    }
    if (found.isEmpty()) {
      findings.add(
          Finding.ok(
              TOPICS,
              "all are there; lanes take records from %d s ago to %d s ahead"
                  .formatted(
                      config.topics().beforeMax().toSeconds(),
                      config.topics().afterMax().toSeconds())));
    }
  }

  /** Leaders and replicas, as they are now. */
  private void lookAtPartitions(Admin admin) throws ExecutionException, TimeoutException {
    List<String> ours =
        await(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()).stream()
            .filter(
                name ->
                    OURS.contains(name)
                        || name.startsWith(Topics.USERS)
                        || name.startsWith(Topics.CHANNELS)
                        || config.topics().ingressTopics().contains(name))
            .toList();
    int partitions = 0;
    int before = findings.size();
    for (TopicDescription topic : await(admin.describeTopics(ours).allTopicNames()).values()) {
      partitions += topic.partitions().size();
      for (TopicPartitionInfo one : topic.partitions()) {
        addIfUnwell(topic.name(), one);
      }
    }
    if (findings.size() == before) {
      findings.add(
          Finding.ok(
              PARTITIONS, "%d, each with a leader and all its replicas".formatted(partitions)));
    }
  }

  private void addIfUnwell(String topic, TopicPartitionInfo one) {
    String name = topic + "-" + one.partition();
    if (one.leader() == null || one.leader().isEmpty()) {
      findings.add(
          Finding.problem(
              PARTITIONS, name + " has no leader", "start the brokers that have its replicas"));
    } else if (one.isr().size() < one.replicas().size()) {
      boolean refuses = !config.topics().dev() && one.isr().size() < config.topics().minIsr();
      String text =
          "%s has %d of %d replicas in sync%s"
              .formatted(
                  name,
                  one.isr().size(),
                  one.replicas().size(),
                  refuses ? ": nothing is written to it" : "");
      String mend = "start the missing brokers, and see whether they keep up";
      findings.add(
          refuses
              ? Finding.problem(PARTITIONS, text, mend)
              : Finding.warning(PARTITIONS, text, mend));
    }
  }

  /**
   * The controller tells of itself at what moment it answers. Processes tell of theirs in the
   * records that they write.
   */
  private void lookAtClocks(Admin admin) throws ExecutionException, TimeoutException {
    Duration limit = config.topics().afterMax();
    long beforeMs = clock.millis();
    QuorumInfo quorum = await(admin.describeMetadataQuorum().quorumInfo());
    long afterMs = clock.millis();
    ClockReading controller = null;
    for (QuorumInfo.ReplicaState voter : quorum.voters()) {
      if (voter.replicaId() == quorum.leaderId() && voter.lastFetchTimestamp().isPresent()) {
        controller =
            ClockReading.of(
                "the controller's clock",
                voter.lastFetchTimestamp().getAsLong(),
                0,
                beforeMs,
                afterMs);
        findings.add(controller.finding(limit));
      }
    }
    FleetClocks processes = new FleetClocks(config.kafka(), timeout, clock);
    for (ClockReading process : processes.read()) {
      findings.add(
          controller == null
              ? process.finding(limit)
              : process.against(controller).finding(limit, "the controller's"));
    }
    if (processes.areStamped()) {
      findings.add(
          Finding.warning(
              "clocks",
              "those of edges and dispatchers cannot be judged: %s bears its broker's time (message.timestamp.type is LogAppendTime)"
                  .formatted(Topics.FLEET),
              "kafka-configs.sh --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config message.timestamp.type=CreateTime"
                  .formatted(config.kafka().bootstrapServers(), Topics.FLEET)));
    }
  }

  private <T> T await(KafkaFuture<T> future) throws ExecutionException, TimeoutException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }
}
