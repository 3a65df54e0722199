package dev.tailrace.system.faults;

import dev.tailrace.support.kafka.IngressSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;
import org.awaitility.Awaitility;

/**
 * Whether Kafka and the dispatchers have all of what they can lose.
 *
 * <p>Threading: stateless.
 */
public final class ClusterHealth {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private ClusterHealth() {}

  /** Returns when all replicas are in sync, and so many dispatchers share the ingress topics. */
  public static void await(Admin admin, int dispatchers) {
    Awaitility.await("all replicas are in sync, and all dispatchers are members")
        .atMost(PATIENCE)
        .pollInterval(LOOK_AGAIN)
        .ignoreException(ExecutionException.class)
        .until(() -> isInSync(admin) && isStable(admin, dispatchers));
  }

  private static boolean isInSync(Admin admin) throws Exception {
    return admin
        .describeTopics(admin.listTopics().names().get())
        .allTopicNames()
        .get()
        .values()
        .stream()
        .flatMap(topic -> topic.partitions().stream())
        .allMatch(partition -> partition.isr().size() == partition.replicas().size());
  }

  private static boolean isStable(Admin admin, int dispatchers) throws Exception {
    String name = IngressSettings.GROUP.defaultText();
    ConsumerGroupDescription group =
        admin.describeConsumerGroups(List.of(name)).describedGroups().get(name).get();
    return group.groupState() == GroupState.STABLE
        && group.members().size() == dispatchers
        && group.members().stream()
            .noneMatch(member -> member.assignment().topicPartitions().isEmpty());
  }
}
