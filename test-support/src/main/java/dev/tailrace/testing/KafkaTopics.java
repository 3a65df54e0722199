package dev.tailrace.testing;

import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the platform's topics on a test broker, in the shape that the lanes' contract asks for.
 */
public final class KafkaTopics {
  private static final Map<String, String> LANE =
      Map.of(
          "message.timestamp.type", "CreateTime",
          "message.timestamp.before.max.ms", "20000",
          "message.timestamp.after.max.ms", "5000",
          "max.message.bytes", "2097152");

  private KafkaTopics() {}

  /** Creates ingress, both lanes, dead letters, the compacted topics and the fleet's. */
  public static void create(
      String bootstrapServers, int ingressPartitions, int userPartitions, int channelPartitions) {
    Map<String, String> compacted = Map.of("cleanup.policy", "compact");
    create(
        bootstrapServers,
        List.of(
            topic(Topics.EVENTS, ingressPartitions, Map.of("max.message.bytes", "2097152")),
            topic(Topics.DEAD_LETTERS, 1, Map.of("max.message.bytes", "2097152")),
            topic(Topics.CONTROL, 1, compacted),
            topic(Topics.EDGES, 1, compacted),
            topic(Topics.SLOTS, 1, compacted),
            topic(Topics.FLEET, 1, Map.of())));
    createLanes(bootstrapServers, userPartitions, channelPartitions);
  }

  /** Creates both lanes. */
  public static void createLanes(
      String bootstrapServers, int userPartitions, int channelPartitions) {
    create(
        bootstrapServers,
        List.of(
            topic(Topics.USERS, userPartitions, LANE),
            topic(Topics.CHANNELS, channelPartitions, LANE)));
  }

  /** Deletes both lanes and creates them anew, for a broker deletes a topic a while later. */
  public static void recreateLanes(
      String bootstrapServers, int userPartitions, int channelPartitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.deleteTopics(List.of(Topics.USERS, Topics.CHANNELS)).all().get();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
        .until(
            () -> {
              createLanes(bootstrapServers, userPartitions, channelPartitions);
              return true;
            });
  }

  private static void create(String bootstrapServers, List<NewTopic> topics) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(topics).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the topics were not created", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static NewTopic topic(String name, int partitions, Map<String, String> configs) {
    return new NewTopic(name, partitions, (short) 1).configs(configs);
  }
}
