package dev.tailrace.simulation;

import dev.tailrace.schemas.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Kafka: topics of partitions that each have a leader or for a while none, and the dispatchers'
 * group.
 *
 * <p>Threading: one test thread.
 */
final class SimCluster {
  /** How old a record may be when a lane takes it; the setting's default. */
  static final long LANE_BEFORE_MAX_MS = 20_000;

  /** So many brokers, each of which takes one request of a producer at a time. */
  static final int BROKERS = 3;

  private static final Node[] NO_NODES = new Node[0];

  private record Topic(Uuid id, List<SimLog> logs) {}

  private final World world;
  private final Map<String, Topic> topics = new LinkedHashMap<>();
  private final SimGroup group;
  private int term;

  SimCluster(World world) {
    this.world = world;
    this.group = new SimGroup(world, this);
  }

  /** Somebody leads moves of slots from now on. */
  int nextTerm() {
    return ++term;
  }

  /** The term of who leads them. */
  int term() {
    return term;
  }

  World world() {
    return world;
  }

  SimGroup group() {
    return group;
  }

  void create(String name, int partitions, Runnable onCommitted) {
    List<SimLog> logs = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      SimLog log = new SimLog(world, new TopicPartition(name, i));
      log.onCommitted(onCommitted);
      logs.add(log);
    }
    topics.put(name, new Topic(new Uuid(name.hashCode(), topics.size() + 1L), List.copyOf(logs)));
  }

  boolean has(String topic) {
    return topics.containsKey(topic);
  }

  Uuid id(String topic) {
    return topic(topic).id();
  }

  private Topic topic(String name) {
    return Objects.requireNonNull(topics.get(name), name);
  }

  List<SimLog> logs(String topic) {
    return has(topic) ? topic(topic).logs() : List.of();
  }

  List<SimLog> logs() {
    return topics.values().stream().flatMap(topic -> topic.logs().stream()).toList();
  }

  SimLog log(TopicPartition partition) {
    return topic(partition.topic()).logs().get(partition.partition());
  }

  /** Whether it is a topic of a lane, of whatever generation. */
  static boolean isLane(String topic) {
    return topic.startsWith(Topics.USERS) || topic.startsWith(Topics.CHANNELS);
  }

  /** Which broker leads a partition, for the order of requests alone. */
  static int broker(TopicPartition partition) {
    return Math.floorMod(partition.topic().hashCode() + partition.partition(), BROKERS);
  }

  List<PartitionInfo> partitions(String topic) {
    return logs(topic).stream()
        .map(
            log ->
                new PartitionInfo(
                    topic, log.partition().partition(), Node.noNode(), NO_NODES, NO_NODES))
        .toList();
  }
}
