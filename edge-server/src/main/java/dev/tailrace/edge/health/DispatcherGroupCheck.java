package dev.tailrace.edge.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/**
 * Asks Kafka whether events are dispatched at all: the dispatchers' group is stable, and every
 * ingress partition is assigned and has a commit. For development, where the edge speaks for the
 * whole stack.
 *
 * <p>{@link #check} answers with what was last found out and, when that is older than a second,
 * asks again in the background; so it never waits for Kafka.
 *
 * <p>Threading: any thread; results come on the admin client's thread.
 */
public final class DispatcherGroupCheck implements ReadinessCheck {
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** Older than this, what was found out says nothing any more. */
  private static final Duration STALE = Duration.ofSeconds(20);

  private record Finding(Readiness readiness, Instant at) {}

  private final Admin admin;
  private final String group;
  private final List<String> topics;
  private final InstantSource clock;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile Finding last = new Finding(Readiness.notReady("not known yet"), Instant.MIN);

  /**
   * Of this group.
   *
   * @param admin is not closed here
   * @param topics the ingress topics
   */
  public DispatcherGroupCheck(Admin admin, String group, List<String> topics, InstantSource clock) {
    this.admin = admin;
    this.group = group;
    this.topics = List.copyOf(topics);
    this.clock = clock;
  }

  @Override
  public String name() {
    return "dispatcher";
  }

  @Override
  public Readiness check() {
    Finding finding = last;
    Instant now = clock.instant();
    if (now.isAfter(finding.at().plus(FRESH)) && asking.compareAndSet(false, true)) {
      ask();
    }
    boolean stale = !finding.at().equals(Instant.MIN) && now.isAfter(finding.at().plus(STALE));
    return stale ? Readiness.notReady("Kafka has not answered for a while") : finding.readiness();
  }

  private void ask() {
    CompletionStage<Map<String, TopicDescription>> described =
        admin.describeTopics(topics).allTopicNames().toCompletionStage();
    CompletionStage<Map<String, ConsumerGroupDescription>> groups =
        admin.describeConsumerGroups(List.of(group)).all().toCompletionStage();
    CompletionStage<Map<TopicPartition, OffsetAndMetadata>> commits =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().toCompletionStage();
    CompletableFuture<Void> _ =
        described
            .thenCombine(groups, this::assigned)
            .thenCombine(commits, DispatcherGroupCheck::judge)
            .exceptionally(DispatcherGroupCheck::unanswered)
            .thenAccept(
                readiness -> {
                  last = new Finding(readiness, clock.instant());
                  asking.set(false);
                })
            .toCompletableFuture();
  }

  /** The ingress partitions, and what keeps them from being dispatched as far as members go. */
  private record Assignment(Set<TopicPartition> partitions, List<String> faults) {}

  private Assignment assigned(
      Map<String, TopicDescription> described, Map<String, ConsumerGroupDescription> groups) {
    Set<TopicPartition> partitions = new HashSet<>();
    described.forEach(
        (topic, description) ->
            description
                .partitions()
                .forEach(p -> partitions.add(new TopicPartition(topic, p.partition()))));
    ConsumerGroupDescription members = groups.get(group);
    GroupState state = members == null ? GroupState.UNKNOWN : members.groupState();
    if (members == null || state != GroupState.STABLE) {
      return new Assignment(partitions, List.of("group %s is %s".formatted(group, state)));
    }
    Set<TopicPartition> unassigned = new HashSet<>(partitions);
    members.members().forEach(m -> unassigned.removeAll(m.assignment().topicPartitions()));
    return new Assignment(
        partitions,
        unassigned.isEmpty() ? List.of() : List.of("not assigned: " + names(unassigned)));
  }

  private static Readiness judge(
      Assignment assignment, Map<TopicPartition, OffsetAndMetadata> commits) {
    if (!assignment.faults().isEmpty()) {
      return Readiness.notReady(String.join("; ", assignment.faults()));
    }
    Set<TopicPartition> uncommitted = new HashSet<>(assignment.partitions());
    commits.forEach(
        (partition, commit) -> {
          if (commit != null) {
            uncommitted.remove(partition);
          }
        });
    return uncommitted.isEmpty()
        ? Readiness.ok("%d ingress partitions dispatched".formatted(assignment.partitions().size()))
        : Readiness.notReady("no commit yet: " + names(uncommitted));
  }

  private static Readiness unanswered(Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return Readiness.notReady("Kafka could not tell: " + (cause == null ? failure : cause));
  }

  private static String names(Set<TopicPartition> partitions) {
    Set<String> sorted = new TreeSet<>();
    partitions.forEach(partition -> sorted.add(partition.toString()));
    return String.join(", ", sorted);
  }
}
