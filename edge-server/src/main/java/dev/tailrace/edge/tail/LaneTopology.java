package dev.tailrace.edge.tail;

import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the lanes look like on this cluster: the slot map that the partitions of their first
 * generation give, and the tag that cursors carry.
 */
public record LaneTopology(SlotMap slotMap, ClusterTag tag) {
  private static final long TIMEOUT_S = 10;

  /** The lanes cannot be described now; the message says why. */
  public static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean silent;

    Unavailable(String message, boolean silent, Throwable cause) {
      super(message, cause);
      this.silent = silent;
    }

    /** Whether Kafka said nothing at all. */
    public boolean isSilent() {
      return silent;
    }
  }

  /**
   * Asks Kafka. May block for some seconds.
   *
   * @throws Unavailable when Kafka does not answer, or the lanes do not exist yet
   */
  public static LaneTopology describe(Admin admin) throws Unavailable, InterruptedException {
    try {
      String clusterId = admin.describeCluster().clusterId().get(TIMEOUT_S, TimeUnit.SECONDS);
      Map<String, TopicDescription> topics =
          admin
              .describeTopics(List.of(Lane.USERS.topic(), Lane.CHANNELS.topic(), Topics.SLOTS))
              .allTopicNames()
              .get(TIMEOUT_S, TimeUnit.SECONDS);
      TopicDescription users = described(topics, Lane.USERS);
      TopicDescription channels = described(topics, Lane.CHANNELS);
      return new LaneTopology(
          SlotMap.initial(users.partitions().size(), channels.partitions().size()),
          ClusterTag.of(clusterId, users.topicId().toString(), channels.topicId().toString()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof UnknownTopicOrPartitionException) {
        throw new Unavailable("the lanes do not exist yet: a dispatcher creates them", false, e);
      }
      boolean silent = cause instanceof RetriableException;
      throw new Unavailable(
          (silent ? "Kafka does not answer: " : "Kafka refuses: ") + cause, silent, e);
    } catch (TimeoutException e) {
      throw new Unavailable("Kafka does not answer within " + TIMEOUT_S + " s", true, e);
    }
  }

  private static TopicDescription described(Map<String, TopicDescription> topics, Lane lane) {
    TopicDescription description = topics.get(lane.topic());
    if (description == null) {
      throw new IllegalStateException("Kafka did not describe " + lane.topic());
    }
    return description;
  }
}
