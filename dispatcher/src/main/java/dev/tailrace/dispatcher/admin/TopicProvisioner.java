package dev.tailrace.dispatcher.admin;

import dev.tailrace.dispatcher.admin.TopicFinding.Severity;
import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.LoginAttempts;
import dev.tailrace.support.kafka.LoginRefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that are missing and refuses those that the platform's guarantees cannot rest
 * on. Several dispatchers may do so at once. Auto-creation is never relied on.
 *
 * <p>Threading: one thread; blocks.
 */
public final class TopicProvisioner {
  private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);

  private static final long AGAIN_MS = 50;
  private static final int MOST_CHECKS = 100;

  private final Admin admin;
  private final TopicConfig config;
  private final AdminCalls calls;
  private final TopicCheck check;

  /** What a broker that is asked may not know of yet. */
  private final Set<String> made = new HashSet<>();

  /**
   * Works on this cluster.
   *
   * @param timeout how long to wait for the cluster, in all
   */
  public TopicProvisioner(
      Admin admin, String bootstrapServers, TopicConfig config, Duration timeout) {
    this.admin = admin;
    this.config = config;
    this.calls = new AdminCalls(bootstrapServers, timeout);
    this.check = new TopicCheck(admin, bootstrapServers, config, calls);
  }

  /**
   * Makes sure of all topics; returns the slot map of the lanes.
   *
   * @throws TopicRefusedException when one cannot be used or the cluster cannot be reached
   * @throws LoginRefusedException when it does not let this process in, again and again
   */
  public SlotMap provision() {
    LoginAttempts logins = new LoginAttempts();
    while (true) {
      try {
        return provisionAtOnce();
      } catch (LoginRefusedException e) {
        logins.onRefused(e);
        LOG.info("waiting: {}", e.getMessage());
        LockSupport.parkNanos(LoginAttempts.PAUSE.toNanos());
      }
    }
  }

  private SlotMap provisionAtOnce() {
    requireSlotsOfGrownLanes();
    create();
    for (TopicFinding finding : checkCreated()) {
      if (finding.refused()) {
        throw new TopicRefusedException(finding.toString());
      }
      LOG.warn("{}", finding);
    }
    return SlotMap.initial(config.userPartitions(), config.channelPartitions());
  }

  /** Without it all would be routed as before the first move, and nobody would find it there. */
  private void requireSlotsOfGrownLanes() {
    if (check.describe(Topics.SLOTS) != null) {
      return;
    }
    for (Lane lane : Lane.values()) {
      String grown = new LanePartition(lane, 2, 0).topic();
      if (check.describe(grown) != null) {
        throw new TopicRefusedException(
            "topic %s is gone, which says what lies in %s: restore it, or delete the topics of all generations but the first, with their history"
                .formatted(Topics.SLOTS, grown));
      }
    }
  }

  /**
   * Creates the topics that are missing; returns their names.
   *
   * @throws TopicRefusedException when one cannot be created or the cluster cannot be reached
   */
  public List<String> create() {
    List<String> created = new ArrayList<>();
    for (TopicShape shape : TopicShapes.of(config)) {
      if (check.describe(shape.name()) == null && createNeeded(shape)) {
        created.add(shape.name());
      }
    }
    return created;
  }

  private boolean createNeeded(TopicShape shape) {
    try {
      return create(shape);
    } catch (TopicRefusedException e) {
      if (TopicShapes.isNeeded(shape.name())) {
        throw e;
      }
      LOG.warn("{}; consoles show less without it", e.getMessage());
      return false;
    }
  }

  /**
   * All that is not as it should be, what is refused first; changes nothing.
   *
   * @throws TopicRefusedException when the cluster cannot be reached
   */
  public List<TopicFinding> check() {
    return check.findings();
  }

  /**
   * The same after {@link #create}: a broker may learn of a new topic a moment after another has.
   */
  public List<TopicFinding> checkCreated() {
    List<TopicFinding> findings = check();
    for (int checks = 1;
        checks < MOST_CHECKS && findings.stream().anyMatch(this::isToCome);
        checks++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MS));
      findings = check();
    }
    return findings;
  }

  private boolean isToCome(TopicFinding finding) {
    return finding.severity() == Severity.MISSING
        || (finding.severity() == Severity.LACKING && made.contains(finding.topic()));
  }

  /**
   * Makes sure of the topic of a lane's later generation: nobody may have written to it, and it has
   * as many partitions as it is to have.
   *
   * @return why it cannot be had, in words; empty when it is there
   * @throws TopicRefusedException when the cluster cannot be reached
   */
  public String createGeneration(String topic, int partitions) {
    TopicShape shape = TopicShapes.lane(config, topic, partitions);
    try {
      create(shape);
    } catch (TopicRefusedException e) {
      if (e.getCause() instanceof ExecutionException refused
          && !(refused.getCause() instanceof RetriableException)) {
        return String.valueOf(e.getMessage());
      }
      throw e;
    }
    TopicDescription found = describeCreated(topic);
    if (found.partitions().size() != partitions) {
      return "topic %s exists already, with %d partitions: delete it and ask again"
          .formatted(topic, found.partitions().size());
    }
    for (TopicFinding finding : check.findings(List.of(shape))) {
      if (finding.severity() == Severity.REFUSED) { // somebody else has made it
        return finding.toString();
      }
    }
    return isEmpty(topic, partitions)
        ? ""
        : "topic %s exists already, with records: delete it and ask again".formatted(topic);
  }

  /** As soon as the broker that is asked knows it, with a leader for each partition. */
  private TopicDescription describeCreated(String topic) {
    for (int checks = 0; checks < MOST_CHECKS; checks++) {
      TopicDescription found = check.describe(topic);
      if (found != null && found.partitions().stream().allMatch(one -> one.leader() != null)) {
        return found;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MS));
    }
    throw new TopicRefusedException("topic %s was created and has no leaders".formatted(topic));
  }

  private boolean isEmpty(String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    try {
      return calls.await(admin.listOffsets(ends).all()).values().stream()
          .allMatch(end -> end.offset() == 0);
    } catch (ExecutionException e) {
      throw calls.failed("reading the ends of " + topic, e);
    }
  }

  /** False when somebody else was faster. */
  private boolean create(TopicShape shape) {
    NewTopic topic =
        new NewTopic(shape.name(), shape.partitions(), shape.replication())
            .configs(shape.configs());
    boolean created = false;
    try {
      calls.await(admin.createTopics(List.of(topic)).all());
      created = true;
      LOG.info("created topic {} with {} partitions", shape.name(), shape.partitions());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw calls.failed(
            "creating topic %s with %d replicas (topics.replication; --dev makes it 1)"
                .formatted(shape.name(), shape.replication()),
            e);
      }
    }
    made.add(topic.name());
    return created;
  }
}
