package dev.tailrace.edge.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
 * <p>Those who ask within one second share a question to Kafka, and wait for its answer for two
 * seconds at most.
 *
 * <p>Threading: any thread; answers come on the admin client's thread.
 */
public final class DispatcherGroupCheck implements ReadinessCheck {
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final Admin admin;
  private final String group;
  private final List<String> topics;
  private final InstantSource clock;

  @GuardedBy("this")
  private CompletableFuture<Readiness> answer =
      CompletableFuture.completedFuture(Readiness.notReady("not asked yet"));

  @GuardedBy("this")
  private Instant askedAt = Instant.MIN;

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
    try {
      return latest().get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Readiness.notReady(
          "Kafka has not answered for %d s".formatted(LONGEST_WAIT.toSeconds()));
    } catch (ExecutionException e) {
      return unanswered(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Readiness.notReady("interrupted");
    }
  }

  /** The answer to the last question, or to a new one when that one is answered and old. */
  private synchronized CompletableFuture<Readiness> latest() {
    Instant now = clock.instant();
    if (answer.isDone() && now.isAfter(askedAt.plus(FRESH))) {
      askedAt = now;
      answer = ask();
    }
    return answer;
  }

  private CompletableFuture<Readiness> ask() {
    CompletionStage<Map<String, TopicDescription>> described =
        admin.describeTopics(topics).allTopicNames().toCompletionStage();
    CompletionStage<Map<String, ConsumerGroupDescription>> groups =
        admin.describeConsumerGroups(List.of(group)).all().toCompletionStage();
    CompletionStage<Map<TopicPartition, OffsetAndMetadata>> commits =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().toCompletionStage();
    return described
        .thenCombine(groups, this::assigned)
        .thenCombine(commits, DispatcherGroupCheck::judge)
        .exceptionally(DispatcherGroupCheck::unanswered)
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
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return Readiness.notReady("Kafka could not tell: " + cause);
  }

  private static String names(Set<TopicPartition> partitions) {
    Set<String> sorted = new TreeSet<>();
    partitions.forEach(partition -> sorted.add(partition.toString()));
    return String.join(", ", sorted);
  }
}
