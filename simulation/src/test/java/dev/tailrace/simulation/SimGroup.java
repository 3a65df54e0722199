package dev.tailrace.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The dispatchers' group, with cooperative rebalances: a member that is not heard for the session
 * timeout is out, and what it had goes to others at once; what is moved between members goes over
 * when its owner has given it away. Commits of members that are out are refused.
 *
 * <p>Threading: one test thread.
 */
final class SimGroup {
  private static final long SESSION_MS = 2_000;
  private static final int LOOK_MS = 200;

  /** One consumer of a process. */
  static final class Member {
    private final SimProcess process;
    private final Set<TopicPartition> owned = new LinkedHashSet<>();
    private long heardMs;
    private boolean silent;
    private boolean out;

    private Member(SimProcess process, long nowMs) {
      this.process = process;
      this.heardMs = nowMs;
    }

    Set<TopicPartition> owned() {
      return owned;
    }

    /** It sends no heartbeats any more. */
    void fallSilent() {
      silent = true;
    }

    boolean isOut() {
      return out;
    }
  }

  private final World world;
  private final SimCluster cluster;
  private final List<Member> members = new ArrayList<>();
  private final Map<TopicPartition, Member> targets = new LinkedHashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
  private List<String> topics = List.of();
  private int rebalances;

  SimGroup(World world, SimCluster cluster) {
    this.world = world;
    this.cluster = cluster;
    world.after(LOOK_MS, this::look);
  }

  private void look() {
    boolean left = false;
    for (Member member : List.copyOf(members)) {
      if (member.process.isHeard() && !member.silent) {
        member.heardMs = world.nowMs();
      } else if (world.nowMs() - member.heardMs > SESSION_MS) {
        member.out = true;
        members.remove(member);
        left = true;
      }
    }
    if (left) {
      rebalance();
    }
    world.after(LOOK_MS, this::look);
  }

  Member join(SimProcess process, List<String> subscribed) {
    topics = subscribed;
    Member member = new Member(process, world.nowMs());
    members.add(member);
    rebalance();
    return member;
  }

  void leave(Member member) {
    member.out = true;
    if (members.remove(member)) {
      rebalance();
    }
  }

  /** Partitions stay where they are as far as the shares allow. */
  private void rebalance() {
    rebalances++;
    Map<TopicPartition, Member> before = new HashMap<>(targets);
    targets.clear();
    if (members.isEmpty()) {
      return;
    }
    List<TopicPartition> all = new ArrayList<>();
    topics.forEach(topic -> cluster.logs(topic).forEach(log -> all.add(log.partition())));
    int most = (all.size() + members.size() - 1) / members.size();
    Map<Member, Integer> given = new HashMap<>();
    for (TopicPartition partition : all) {
      Member owner = before.get(partition);
      if (owner != null && !owner.out && given.getOrDefault(owner, 0) < most) {
        targets.put(partition, owner);
        given.merge(owner, 1, Integer::sum);
      }
    }
    for (TopicPartition partition : all) {
      if (!targets.containsKey(partition)) {
        Member least = members.getFirst();
        for (Member member : members) {
          if (given.getOrDefault(member, 0) < given.getOrDefault(least, 0)) {
            least = member;
          }
        }
        targets.put(partition, least);
        given.merge(least, 1, Integer::sum);
      }
    }
  }

  /** Counts the times that shares were dealt out. */
  int rebalances() {
    return rebalances;
  }

  /** What a member has and is to give away. */
  List<TopicPartition> toRevoke(Member member) {
    return member.owned.stream().filter(owned -> targets.get(owned) != member).toList();
  }

  /** What a member is to have and nobody else has any more. */
  List<TopicPartition> toGain(Member member) {
    List<TopicPartition> gained = new ArrayList<>();
    targets.forEach(
        (partition, target) -> {
          if (target == member
              && !member.owned.contains(partition)
              && members.stream().noneMatch(other -> other.owned.contains(partition))) {
            gained.add(partition);
          }
        });
    return gained;
  }

  /** Whether the group takes a commit of this member now. */
  boolean takesCommits(Member member) {
    return !member.out;
  }

  void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
    commits.putAll(offsets);
  }

  Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
    partitions.forEach(partition -> found.put(partition, commits.get(partition)));
    return found;
  }
}
