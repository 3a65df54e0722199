package dev.tailrace.benchmarks.micro;

import dev.tailrace.edge.subscription.SubscriptionIndex;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMap;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From an address to its partition, and to those who follow it. */
@State(Scope.Thread)
public class IndexBenchmark extends MicroBenchmark {
  private static final int USERS = 1 << 14;
  private static final int FOLLOWERS = 1_000;

  private final SlotMap slotMap = SlotMap.initial(64, 65);
  private final String[] users = new String[USERS];
  private final SubscriptionIndex<Integer> ofUsers = new SubscriptionIndex<>();
  private final SubscriptionIndex<Integer> ofChannels = new SubscriptionIndex<>();
  private int next;

  /** 16,384 users with a connection each, and a channel that 1,000 follow. */
  @Setup
  public void prepare() {
    for (int i = 0; i < USERS; i++) {
      users[i] = "user-" + i;
      ofUsers.add(i, Set.of(users[i]));
    }
    for (int i = 0; i < FOLLOWERS; i++) {
      ofChannels.add(i, Set.of(Deliveries.CHANNEL));
    }
  }

  /** Another one each time, as text that was just parsed: no string has its hash yet. */
  private String nextUser() {
    next = (next + 7_919) & USERS - 1;
    return new String(users[next].toCharArray());
  }

  /** The slot by hash, the partition by the map. */
  @Benchmark
  public LanePartition partitionOfUser() {
    return slotMap.userPartition(nextUser());
  }

  /** A user's one connection. */
  @Benchmark
  public void followersOfUser(Blackhole blackhole) {
    ofUsers.forEach(nextUser(), blackhole::consume);
  }

  /** Nobody: most events of a lane, on an edge of many. */
  @Benchmark
  public void followersOfNobody(Blackhole blackhole) {
    ofChannels.forEach(nextUser(), blackhole::consume);
  }

  /** Per follower of a channel that 1,000 follow. */
  @Benchmark
  @OperationsPerInvocation(FOLLOWERS)
  public void followersOfChannel(Blackhole blackhole) {
    ofChannels.forEach(Deliveries.CHANNEL, blackhole::consume);
  }
}
