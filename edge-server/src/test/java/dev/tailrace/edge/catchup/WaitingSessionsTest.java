package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** More sessions than may wait for a partition whose leader does not answer. */
class WaitingSessionsTest {
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final int MOST = 32_768;
  private static final int MORE = 5;

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final List<CatchUpSession> returned = new ArrayList<>();

  @Test
  void shouldTakeNoMoreThanMayWaitAndTheRestLater() {
    HandCatchUp catchUp = new HandCatchUp(lanes, clock);
    lanes.append(PARTITION, clock.millis(), toChannel(0, "scores", "e0"));
    lanes.loseLeader(PARTITION);
    for (int i = 0; i < MOST + MORE; i++) {
      catchUp.offer(session());
    }
    catchUp.turn();
    catchUp.turn();
    assertThat(catchUp.accepted()).isEqualTo(MOST);
    assertThat(catchUp.waiting()).as("where the next is refused").isEqualTo(MORE);

    lanes.findLeader(PARTITION);
    catchUp.settle();
    catchUp.settle(); // there is room as of the last turn of the first

    assertThat(returned.stream().filter(session -> session.entries().size() == 1).count())
        .isEqualTo(MOST + MORE);
    assertThat(catchUp.laps()).as("for all who waited, and for the rest").isEqualTo(2);
  }

  /** Whoever asks then is to ask again later. */
  @Test
  void shouldRefuseWhatIsBeyondTheQueue() {
    lanes.loseLeader(PARTITION);
    MemoryLanes.LaneConsumer consumer = lanes.consumer();
    int taken = 0;
    try (CatchUpProxy catchUp =
        new CatchUpProxy(
                0,
                consumer,
                consumer.offsets(),
                lanes.slots(),
                EdgeClock.SYSTEM,
                Long.MAX_VALUE,
                new HandCatchUp(lanes, clock))
            .start()) {
      while (taken < 3 * MOST && catchUp.offer(session())) {
        taken++;
      }
    }

    assertThat(taken).as("those that wait, and a queue of them").isBetween(MOST, 2 * MOST);
  }

  private CatchUpSession session() {
    CatchUpSession session = new CatchUpSession(PARTITION, 0, Set.of("scores"), returned::add);
    session.join(HandCatchUp.logFrom(1));
    return session;
  }
}
