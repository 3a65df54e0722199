package dev.tailrace.dispatcher.admin;

import dev.tailrace.dispatcher.config.TopicConfig;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that are missing and refuses those that the platform's guarantees cannot rest
 * on. Several dispatchers may do so at once. Auto-creation is never relied on.
 *
 * <p>Threading: one thread, at the start; blocks.
 */
public final class TopicProvisioner {
  private static final Logger LOG = LoggerFactory.getLogger(TopicProvisioner.class);

  private static final long AGAIN_MS = 50;

  private final Admin admin;
  private final String bootstrapServers;
  private final TopicConfig config;
  private final Duration timeout;

  /**
   * Works on this cluster.
   *
   * @param timeout how long to wait for the cluster, in all
   */
  public TopicProvisioner(
      Admin admin, String bootstrapServers, TopicConfig config, Duration timeout) {
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
    this.config = config;
    this.timeout = timeout;
  }

  /**
   * Makes sure of all topics; returns the slot map of the lanes.
   *
   * @throws TopicRefusedException when one cannot be used or the cluster cannot be reached
   */
  public SlotMap provision() {
    List<TopicShape> shapes = TopicShapes.of(config);
    Map<String, TopicDescription> existing = new HashMap<>();
    for (TopicShape shape : shapes) {
      existing.put(shape.name(), describeOrCreate(shape));
    }
    checkConfigs(shapes);
    return SlotMap.initial(
        lanePartitions(
            existing, Topics.USERS, config.userPartitions(), TopicConfig.USER_PARTITIONS),
        lanePartitions(
            existing, Topics.CHANNELS, config.channelPartitions(), TopicConfig.CHANNEL_PARTITIONS));
  }

  /** The number decides on which partition an address lies, so it must not have changed. */
  private static int lanePartitions(
      Map<String, TopicDescription> topics, String name, int wanted, Setting<Integer> setting) {
    TopicDescription description = topics.get(name);
    if (description == null) {
      throw new IllegalStateException("not described: " + name);
    }
    int actual = description.partitions().size();
    if (actual != wanted) {
      throw new TopicRefusedException(
          ("topic %s has %d partitions, %s is %d: with another number users or channels would lie"
               + " on other partitions than their history and their clients' cursors. If partitions"
               + " were added to it, delete the topic, with its history; if it was created so, set"
               + " %s=%d")
              .formatted(name, actual, setting.key(), wanted, setting.key(), actual));
    }
    return actual;
  }

  private TopicDescription describeOrCreate(TopicShape shape) {
    TopicDescription found = describe(shape.name());
    if (found != null) {
      return found;
    }
    create(shape);
    // A broker may learn of a new topic a moment after the controller has made it.
    for (long waitedMs = 0; waitedMs < timeout.toMillis(); waitedMs += AGAIN_MS) {
      found = describe(shape.name());
      if (found != null) {
        return found;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(AGAIN_MS));
    }
    throw new TopicRefusedException(
        "topic " + shape.name() + " was created at " + bootstrapServers + " but is not there");
  }

  private @Nullable TopicDescription describe(String topic) {
    try {
      return await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw failed("reading topic " + topic, e);
    }
  }

  private void create(TopicShape shape) {
    NewTopic topic =
        new NewTopic(shape.name(), shape.partitions(), shape.replication())
            .configs(shape.configs());
    try {
      await(admin.createTopics(List.of(topic)).all());
      LOG.info("created topic {} with {} partitions", shape.name(), shape.partitions());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw failed(
            "creating topic %s with %d replicas (topics.replication; --dev makes it 1)"
                .formatted(shape.name(), shape.replication()),
            e);
      }
    }
  }

  private void checkConfigs(List<TopicShape> shapes) {
    Map<ConfigResource, TopicShape> resources = new HashMap<>();
    for (TopicShape shape : shapes) {
      resources.put(new ConfigResource(ConfigResource.Type.TOPIC, shape.name()), shape);
    }
    Map<ConfigResource, Config> configs;
    try {
      configs = await(admin.describeConfigs(resources.keySet()).all());
    } catch (ExecutionException e) {
      throw failed("reading the topics' configuration", e);
    }
    List<String> refusals = new ArrayList<>();
    configs.forEach(
        (resource, actual) -> {
          TopicShape shape = resources.get(resource);
          TopicShape.Misfit misfit =
              shape == null ? null : shape.misfit(values(actual), config.dev());
          if (misfit != null) {
            refusals.add(refusal(resource.name(), misfit));
          }
        });
    if (!refusals.isEmpty()) {
      refusals.sort(String::compareTo);
      throw new TopicRefusedException(refusals.getFirst());
    }
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

  private String refusal(String topic, TopicShape.Misfit misfit) {
    return ("topic %s: %s is %s, it must be %s: run kafka-configs.sh --bootstrap-server %s --alter"
            + " --entity-type topics --entity-name %s --add-config %s=%s")
        .formatted(
            topic,
            misfit.config(),
            misfit.actual(),
            misfit.must(),
            bootstrapServers,
            topic,
            misfit.config(),
            misfit.wanted());
  }

  private <T> T await(KafkaFuture<T> future) throws ExecutionException {
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicRefusedException("interrupted while preparing the topics", e);
    }
  }

  private TopicRefusedException unreachable(Exception e) {
    return new TopicRefusedException(
        "no answer from Kafka at %s within %d s: start it, or name another (--kafka-bootstrap-servers)"
            .formatted(bootstrapServers, timeout.toSeconds()),
        e);
  }

  private TopicRefusedException failed(String doing, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof RetriableException) {
      return unreachable(e);
    }
    return new TopicRefusedException(doing + " failed: " + cause.getMessage(), e);
  }
}
