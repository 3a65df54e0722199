package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was read ahead, and is not taken as fast as it could be read. */
class ChunkBudgetTest {
  private static final LanePartition FIRST = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition SECOND = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final int EVENTS = 5;

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock, 1);
  private final List<CatchUpSession> returned = new ArrayList<>();

  @BeforeEach
  void write() {
    for (int i = 0; i < EVENTS; i++) {
      lanes.append(FIRST, clock.millis(), toChannel(i, "scores", "e" + i));
      lanes.append(SECOND, clock.millis(), toChannel(i, "scores", "e" + i));
    }
  }

  @Test
  void shouldBeginNoLapUntilWhatWasReadIsTaken() {
    CatchUpSession first = offer(FIRST, 0, "scores");
    CatchUpSession second = offer(SECOND, 0, "scores");

    catchUp.settle();

    assertThat(returned).containsExactly(first);
    assertThat(catchUp.heldBytes()).isEqualTo(weight(first) + 16 * EVENTS);
    assertThat(catchUp.wakes()).isZero();
    first.cancel();
    assertThat(catchUp.heldBytes()).isZero();
    assertThat(catchUp.wakes()).isEqualTo(1);

    catchUp.settle();

    assertThat(returned).containsExactly(first, second);
  }

  @Test
  void shouldGoOnWithTheLapThatHasBegun() {
    LanePartition large = new LanePartition(Lane.CHANNELS, 1, 3);
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    int events = 500; // more than a slice
    for (int i = 0; i < events; i++) {
      Delivery.Builder delivery = toChannel(i, "scores", "e" + i).toBuilder();
      delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[20_000]));
      lanes.append(large, clock.millis(), delivery.build());
    }
    CatchUpSession much = offer(large, 0, "scores");
    CatchUpSession nothing = offer(large, 0, "prices");
    nothing.join(new PartitionLog(large, events, 1));

    catchUp.settle();

    assertThat(returned).containsExactly(much, nothing);
    assertThat(catchUp.heldBytes()).isPositive();
    assertThat(nothing.position()).isEqualTo(events);
  }

  @Test
  void shouldReadOnceForThoseWhoGatheredMeanwhile() {
    CatchUpSession holder = offer(FIRST, 0, "scores");
    catchUp.settle();
    for (int i = 0; i < EVENTS; i++) {
      offer(SECOND, i, "scores");
      catchUp.settle();
    }

    holder.letGo();
    catchUp.settle();

    assertThat(returned).hasSize(1 + EVENTS);
    assertThat(catchUp.laps()).isEqualTo(2);
  }

  @Test
  void shouldCountWhatSeveralShareOnce() {
    List<CatchUpSession> sessions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sessions.add(offer(FIRST, 0, "scores"));
    }

    catchUp.settle();

    assertThat(returned).hasSize(10);
    assertThat(catchUp.heldBytes())
        .isBetween(weight(sessions.getFirst()), weight(sessions.getFirst()) + 10L * EVENTS * 16);
    sessions.forEach(CatchUpSession::letGo);
    assertThat(catchUp.heldBytes()).isZero();
    assertThat(catchUp.wakes()).isEqualTo(1);
  }

  @Test
  void shouldCountWhatManyShare() {
    CatchUpSession session = null;
    for (int i = 0; i < 1_000; i++) {
      session = offer(FIRST, 0, "scores");
    }

    catchUp.settle();

    assertThat(returned).hasSize(1_000);
    assertThat(catchUp.heldBytes()).isGreaterThanOrEqualTo(weight(session) / 2);
  }

  @Test
  void shouldCountNothingForThoseWhoGaveUpAndNothingTwice() {
    CatchUpSession session = offer(FIRST, 0, "scores");
    catchUp.settle();
    session.letGo();
    session.letGo();
    session.cancel();
    assertThat(catchUp.heldBytes()).isZero();

    offer(FIRST, 0, "scores").cancel();
    catchUp.settle();

    assertThat(returned).containsExactly(session);
    assertThat(catchUp.heldBytes()).isZero();
  }

  @Test
  void shouldCountNothingForOneWhoGivesUpWhileItIsHandedBack() {
    ChunkBudget budget = new ChunkBudget(1, () -> {});
    CatchUpSession session = new CatchUpSession(FIRST, 0, Set.of("scores"), returned::add);
    session.give(new LogEntry(FIRST, 0, 0, -1, "scores", List.of(), "", false, new byte[1]), 5);
    session.cancel();

    session.charge(budget);

    assertThat(budget.used()).isZero();
  }

  @Test
  void shouldCountNoChunkBeforeTheLast() {
    CatchUpSession session = offer(FIRST, 0, "scores");
    catchUp.settle();
    lanes.append(FIRST, clock.millis(), toChannel(EVENTS, "scores", "e" + EVENTS));
    session.entries().clear();
    session.join(new PartitionLog(FIRST, EVENTS + 1, 1));

    catchUp.offer(session);
    catchUp.settle();

    assertThat(session.entries()).hasSize(1);
    assertThat(catchUp.heldBytes()).isEqualTo(weight(session) + 16);
  }

  @Test
  void shouldNotWaitForThoseWhoWereGivenNothing() {
    offer(FIRST, 0, "prices");
    offer(SECOND, 0, "prices");
    catchUp.settle();
    assertThat(catchUp.heldBytes()).isZero();
    CatchUpSession last = offer(FIRST, 0, "scores");

    catchUp.settle();

    assertThat(returned).hasSize(3).contains(last);
  }

  @Test
  void shouldStopCountingWhenTheNextChunkIsAskedFor() {
    CatchUpSession session = offer(FIRST, 0, "scores");
    catchUp.settle();

    catchUp.offer(session);

    assertThat(catchUp.heldBytes()).isZero();
  }

  private static long weight(CatchUpSession session) {
    return session.entries().stream().mapToLong(LogEntry::weight).sum();
  }

  private CatchUpSession offer(LanePartition partition, long position, String channel) {
    CatchUpSession session =
        new CatchUpSession(partition, position, Set.of(channel), returned::add);
    session.join(new PartitionLog(partition, EVENTS, 1));
    catchUp.offer(session);
    return session;
  }
}
