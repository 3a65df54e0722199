package dev.tailrace.system.faults;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.Topics;
import dev.tailrace.testing.LaneWriter;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * What happens to the logs themselves: other leaders, retention, records that nobody should have
 * written.
 *
 * <p>Threading: constants.
 */
final class LogFaults {
  private static final Duration AWAY = Duration.ofSeconds(2);
  private static final List<String> LANES = List.of(Topics.USERS, Topics.CHANNELS);
  private static final int OVERSIZED_BYTES = 1_900_000;
  private static final long SEED = 7;

  private LogFaults() {}

  /** Every partition has another leader, as often as there are brokers. */
  static Fault leadersMoved() {
    return Fault.of(
            "all leaders moved, %d times".formatted(BrokerProcesses.COUNT),
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              for (int i = 0; i < BrokerProcesses.COUNT; i++) {
                moveLeaders(cluster.admin());
                crowd.awaitNewsEverywhere();
              }
            })
        .keepingConnections();
  }

  private static void moveLeaders(Admin admin) throws Exception {
    Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
    for (TopicDescription topic : topics(admin, admin.listTopics().names().get())) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        List<Integer> replicas =
            new ArrayList<>(partition.replicas().stream().map(Node::id).toList());
        Collections.rotate(replicas, 1);
        moves.put(
            new TopicPartition(topic.name(), partition.partition()),
            Optional.of(new NewPartitionReassignment(replicas)));
      }
    }
    admin.alterPartitionReassignments(moves).all().get();
    var _ = admin.electLeaders(ElectionType.PREFERRED, moves.keySet()).partitions().get();
  }

  private static List<TopicDescription> topics(Admin admin, Collection<String> names)
      throws Exception {
    return List.copyOf(admin.describeTopics(names).allTopicNames().get().values());
  }

  /** Clients that are served have what they need in memory. */
  static Fault lanesCutUnderReaders() {
    return Fault.of(
            "retention takes the lanes under live readers",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              deleteAll(cluster.admin(), LANES);
            })
        .keepingConnections();
  }

  static Fault lanesCutBehindCursors() {
    return Fault.of(
            "retention takes what clients lack",
            (cluster, crowd, stage) -> {
              cluster.edges().killAll();
              Thread.sleep(AWAY);
              deleteAll(cluster.admin(), LANES);
              cluster.edges().start();
              stage.countsFromNow();
            })
        .tellingGaps("retention");
  }

  static Fault ingressCut() {
    return Fault.of(
            "retention takes what no dispatcher has read",
            (cluster, crowd, stage) -> {
              cluster.dispatchers().killAll();
              Thread.sleep(AWAY);
              deleteAll(cluster.admin(), List.of(Topics.EVENTS));
              cluster.dispatchers().start();
              stage.countsFromNow();
            })
        .keepingConnections()
        .tellingGaps("upstream");
  }

  private static void deleteAll(Admin admin, List<String> names) throws Exception {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (TopicDescription topic : topics(admin, names)) {
      topic
          .partitions()
          .forEach(
              partition ->
                  partitions.put(
                      new TopicPartition(topic.name(), partition.partition()),
                      OffsetSpec.latest()));
    }
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        admin.listOffsets(partitions).all().get().entrySet()) {
      all.put(end.getKey(), RecordsToDelete.beforeOffset(end.getValue().offset()));
    }
    admin.deleteRecords(all).all().get();
  }

  /** In each lane partition: bytes at random, few and many, none at all, a delivery of nothing. */
  static Fault lanesPoisoned() {
    return Fault.of(
            "records that are no deliveries, and oversized ones, in the lanes",
            (cluster, crowd, stage) -> {
              stage.countsFromNow();
              try (LaneWriter writer = new LaneWriter(cluster.bootstrapServers(), 3, 4)) {
                for (Lane lane : Lane.values()) {
                  TopicDescription topic =
                      topics(cluster.admin(), List.of(lane.topic())).getFirst();
                  for (int i = 0; i < topic.partitions().size(); i++) {
                    poison(writer, new LanePartition(lane, 1, i));
                  }
                }
              }
            })
        .keepingConnections()
        .tellingGaps("upstream");
  }

  private static void poison(LaneWriter writer, LanePartition partition) {
    Random random = new Random(SEED);
    for (int bytes : new int[] {0, 1, 40, OVERSIZED_BYTES}) {
      byte[] record = new byte[bytes];
      random.nextBytes(record);
      writer.write(partition, record);
    }
    writer.write(partition, Delivery.getDefaultInstance().toByteArray());
    byte[] cut =
        writer.forChannel("nobodys", Event.newBuilder().setId("cut").build()).toByteArray();
    writer.write(partition, Arrays.copyOf(cut, cut.length - 3));
  }

  static List<Fault> all() {
    return List.of(
        leadersMoved(),
        lanesCutUnderReaders(),
        lanesCutBehindCursors(),
        ingressCut(),
        lanesPoisoned());
  }
}
