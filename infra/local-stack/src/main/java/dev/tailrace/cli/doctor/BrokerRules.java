package dev.tailrace.cli.doctor;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.dispatcher.config.TopicConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a broker's own settings are to be like; what each topic's are is held against the topics. A
 * setting that a cluster does not tell is passed over.
 *
 * <p>Threading: one thread's.
 */
final class BrokerRules {
  private static final String CHECK = "broker settings";
  private static final Duration LEAST_OFFSETS_RETENTION = Duration.ofDays(1);
  private static final Duration LEAST_PRODUCER_EXPIRY = Duration.ofHours(1);
  private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(15);
  private static final Duration LONGEST_FIRST_REBALANCE = Duration.ofSeconds(10);

  private final Map<String, String> actual;
  private final DispatcherConfig config;
  private final List<Finding> findings = new ArrayList<>();

  private BrokerRules(Map<String, String> actual, DispatcherConfig config) {
    this.actual = actual;
    this.config = config;
  }

  /** All that is not as it should be. */
  static List<Finding> findings(Map<String, String> actual, DispatcherConfig config) {
    BrokerRules rules = new BrokerRules(actual, config);
    rules.holdCommits();
    rules.holdGroup();
    rules.holdProducers();
    rules.holdSizes();
    if (!config.topics().dev()) {
      rules.holdReplicas();
    }
    return rules.findings;
  }

  private void holdCommits() {
    Duration least = config.topics().laneRetention();
    if (least.compareTo(LEAST_OFFSETS_RETENTION) < 0) {
      least = LEAST_OFFSETS_RETENTION;
    }
    Long minutes = number("offsets.retention.minutes");
    if (minutes != null && minutes < least.toMinutes()) {
      findings.add(
          Finding.warning(
              CHECK,
              "offsets.retention.minutes is %d: when no dispatcher has run for so long Kafka forgets how far they had come"
                  .formatted(minutes),
              atRestart("offsets.retention.minutes", least.toMinutes())));
    }
  }

  private void holdGroup() {
    long wanted = config.pump().sessionTimeout().toMillis();
    Long least = number("group.min.session.timeout.ms");
    if (least != null && least > wanted) {
      findings.add(
          Finding.warning(
              CHECK,
              "group.min.session.timeout.ms is %d: a dispatcher that died is replaced after that, not after dispatcher.session.timeout (%d ms)"
                  .formatted(least, wanted),
              atRestart("group.min.session.timeout.ms", wanted)));
    }
    Long most = number("group.max.session.timeout.ms");
    if (most != null && most < wanted) {
      findings.add(
          Finding.problem(
              CHECK,
              "group.max.session.timeout.ms is %d: no dispatcher may ask for dispatcher.session.timeout (%d ms)"
                  .formatted(most, wanted),
              atRestart("group.max.session.timeout.ms", wanted)));
    }
    Long delay = number("group.initial.rebalance.delay.ms");
    if (delay != null && delay > LONGEST_FIRST_REBALANCE.toMillis()) {
      findings.add(
          Finding.warning(
              CHECK,
              "group.initial.rebalance.delay.ms is %d: the first dispatcher begins so much later"
                  .formatted(delay),
              atRestart("group.initial.rebalance.delay.ms", 3_000)));
    }
  }

  private void holdProducers() {
    Long expiry = number("producer.id.expiration.ms");
    if (expiry != null && expiry < LEAST_PRODUCER_EXPIRY.toMillis()) {
      findings.add(
          Finding.warning(
              CHECK,
              "producer.id.expiration.ms is %d: of a producer that was silent for so long Kafka takes repetitions for new records"
                  .formatted(expiry),
              atOnce("producer.id.expiration.ms", Duration.ofDays(1).toMillis())));
    }
    Long transaction = number("transaction.max.timeout.ms");
    if (transaction != null && transaction > LONGEST_TRANSACTION.toMillis()) {
      findings.add(
          Finding.warning(
              CHECK,
              "transaction.max.timeout.ms is %d: a producer of yours that dies in a transaction may hold its ingress partition for so long"
                  .formatted(transaction),
              atRestart("transaction.max.timeout.ms", LONGEST_TRANSACTION.toMillis())));
    }
  }

  private void holdSizes() {
    Long message = number("message.max.bytes");
    if (message != null && message < TopicConfig.MAX_MESSAGE_BYTES) {
      findings.add(
          Finding.warning(
              CHECK,
              "message.max.bytes is %d: an ingress topic that says nothing else takes no longer event"
                  .formatted(message),
              atOnce("message.max.bytes", TopicConfig.MAX_MESSAGE_BYTES)));
    }
    Long request = number("socket.request.max.bytes");
    if (request != null && request < 2L * TopicConfig.MAX_MESSAGE_BYTES) {
      findings.add(
          Finding.problem(
              CHECK,
              "socket.request.max.bytes is %d: a request with one long record is refused"
                  .formatted(request),
              atRestart("socket.request.max.bytes", 100 << 20)));
    }
    if ("true".equals(actual.get("auto.create.topics.enable"))) {
      findings.add(
          Finding.warning(
              CHECK,
              "auto.create.topics.enable is true: a misspelt name becomes a topic that nobody"
                  + " reads, and a lane may be made with the wrong settings",
              atRestart("auto.create.topics.enable", "false")));
    }
  }

  /** Of Kafka's own topics: how far dispatchers have come is in them. */
  private void holdReplicas() {
    Long copies = number("offsets.topic.replication.factor");
    if (copies != null && copies < config.topics().replication()) {
      findings.add(
          Finding.problem(
              CHECK,
              "offsets.topic.replication.factor is %d: with a broker goes how far the dispatchers had come"
                  .formatted(copies),
              atRestart("offsets.topic.replication.factor", config.topics().replication())
                  + ", and add replicas to __consumer_offsets with kafka-reassign-partitions.sh"));
    }
    Long inSync = number("min.insync.replicas");
    if (inSync != null && inSync < config.topics().minIsr()) {
      findings.add(
          Finding.problem(
              CHECK,
              "min.insync.replicas is %d: a commit that one broker has counts, and goes with it"
                  .formatted(inSync),
              atOnce("min.insync.replicas", config.topics().minIsr())));
    }
    if ("true".equals(actual.get("unclean.leader.election.enable"))) {
      findings.add(
          Finding.problem(
              CHECK,
              "unclean.leader.election.enable is true: a replica that lacks acknowledged records"
                  + " may come to lead",
              atOnce("unclean.leader.election.enable", "false")));
    }
  }

  private @Nullable Long number(String key) {
    String value = actual.get(key);
    return value != null && value.matches("-?[0-9]{1,18}") ? Long.valueOf(value) : null;
  }

  private static String atRestart(String key, Object value) {
    return "set %s=%s for all brokers, and restart them one after the other".formatted(key, value);
  }

  private String atOnce(String key, Object value) {
    return "kafka-configs.sh --bootstrap-server %s --alter --entity-type brokers --entity-default --add-config %s=%s"
        .formatted(config.kafka().bootstrapServers(), key, value);
  }
}
