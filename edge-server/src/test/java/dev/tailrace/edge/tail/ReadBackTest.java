package dev.tailrace.edge.tail;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Logs that begin before they were asked for, and up to when a log is whole. */
class ReadBackTest {
  private static final LanePartition ONE = new LanePartition(Lane.CHANNELS, 1, 1);

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandTail tail = new HandTail(lanes, clock, 40_000);

  @Test
  void shouldReadAWindowBackBeforeItAnswers() {
    writeAt(clock.millis() - 130_000, 1, "long ago");
    writeAt(clock.millis() - 90_000, 2, "to be folded");
    writeAt(clock.millis() - 60_000, 3, "first");
    writeAt(clock.millis() - 30_000, 2, "to be folded");
    writeAt(clock.millis() - 30_000, 4, "second");
    tail.consumer().setMaxRecordsOfAPartition(2);
    FollowRequest request = new FollowRequest(ONE, 60_000, () -> {});
    tail.offerFollow(request);
    tail.turn();
    assertThat(request.log()).as("it has not come to the end").isNull();
    FollowRequest other = new FollowRequest(ONE, () -> {});
    tail.offerFollow(other);
    tail.turn();
    tail.turn();

    PartitionLog log = request.log();
    assertThat(log).isNotNull().isSameAs(other.log());
    assertThat(log.startOffset()).isEqualTo(2);
    assertThat(log.endOffset()).isEqualTo(5);
    assertThat(offsets(log)).containsExactly(2L, 4L);
    assertThat(tail.repeated()).isEqualTo(1);
  }

  @Test
  void shouldAnswerAtOnceWhenNothingWasWrittenWithinTheWindow() {
    writeAt(clock.millis() - 130_000, 1, "long ago");
    FollowRequest request = new FollowRequest(ONE, 60_000, () -> {});
    tail.offerFollow(request);
    tail.turn();

    PartitionLog log = request.log();
    assertThat(log).isNotNull();
    assertThat(log.startOffset()).isEqualTo(1);
  }

  @Test
  void shouldBeginAnewWhenRetentionOvertakesWhatIsReadBack() {
    for (int i = 0; i < 6; i++) {
      writeAt(clock.millis() - 30_000, i, "e" + i);
    }
    tail.consumer().setMaxRecordsOfAPartition(2);
    FollowRequest request = new FollowRequest(ONE, 60_000, () -> {});
    tail.offerFollow(request);
    tail.turn();
    lanes.removeBelow(ONE, 4);
    for (int i = 0; i < 4; i++) {
      tail.turn();
    }

    PartitionLog log = request.log();
    assertThat(log).isNotNull();
    assertThat(offsets(log)).containsExactly(4L, 5L);
    assertThat(tail.followed()).isEqualTo(1);
    tail.offerUnfollow(log);
    tail.turn();
    assertThat(tail.followed()).isZero();
  }

  @Test
  void shouldLetOthersHaveThePresentWhenTheWindowIsGivenUp() {
    for (int i = 0; i < 6; i++) {
      writeAt(clock.millis() - 30_000, i, "e" + i);
    }
    tail.consumer().setMaxRecordsOfAPartition(1);
    FollowRequest request = new FollowRequest(ONE, 60_000, () -> {});
    FollowRequest other = new FollowRequest(ONE, () -> {});
    tail.offerFollow(request);
    tail.offerFollow(other);
    tail.turn();
    tail.turn();
    assertThat(other.log()).isNull();

    tail.offerCancel(request);
    tail.turn();
    tail.turn();

    PartitionLog log = other.log();
    assertThat(log).isNotNull();
    assertThat(log.startOffset()).isEqualTo(6);
    assertThat(request.log()).isNull();
    tail.offerUnfollow(log);
    tail.turn();
    assertThat(tail.followed()).isZero();
  }

  @Test
  void shouldForgetWhatIsGivenUpBeforeTheLeaderHasAnswered() {
    lanes.loseLeader(ONE);
    FollowRequest request = new FollowRequest(ONE, 60_000, () -> {});
    tail.offerFollow(request);
    tail.turn();
    tail.offerCancel(request);
    tail.turn();
    lanes.findLeader(ONE);
    clock.advance(Duration.ofSeconds(1));
    tail.turn();
    tail.turn();

    assertThat(request.log()).isNull();
    assertThat(tail.followed()).isZero();
  }

  @Test
  void shouldSayUpToWhenTheLogIsWhole() {
    writeAt(clock.millis() - 30_000, 1, "before");
    long askedMs = clock.millis();
    PartitionLog log = follow();
    assertThat(log.wholeAtMs(0)).as("not for who lacks something").isZero();
    assertThat(log.wholeAtMs(1)).isEqualTo(askedMs);

    clock.advance(Duration.ofSeconds(6));
    tail.turn();
    assertThat(log.wholeAtMs(1)).as("a quiet log").isEqualTo(clock.millis());

    tail.consumer().setMaxRecordsOfAPartition(1);
    writeAt(clock.millis(), 2, "one");
    writeAt(clock.millis(), 3, "two");
    clock.advance(Duration.ofSeconds(6));
    long asked = clock.millis();
    tail.turn();
    assertThat(log.wholeAtMs(2)).as("one is not read yet").isEqualTo(asked - 6_000);
    clock.advance(Duration.ofSeconds(6));
    tail.turn();
    tail.turn();
    assertThat(log.wholeAtMs(3)).as("by what the leader said then").isEqualTo(asked);
    assertThat(log.wholeAtMs(2)).as("for who has not seen the last").isZero();
  }

  @Test
  void shouldNotCallALogWholeWhileKafkaDoesNotAnswer() {
    long askedMs = clock.millis();
    PartitionLog log = follow();
    tail.turn();
    lanes.loseLeader(ONE);
    for (int i = 0; i < 20; i++) {
      clock.advance(Duration.ofSeconds(6));
      tail.turn();
    }
    assertThat(log.wholeAtMs(0)).isEqualTo(askedMs);

    lanes.findLeader(ONE);
    tail.turn();
    clock.advance(Duration.ofSeconds(6));
    tail.turn();
    assertThat(log.wholeAtMs(0)).isEqualTo(clock.millis());

    tail.consumer().setFailure(new TimeoutException("gone"));
    long lastMs = clock.millis();
    clock.advance(Duration.ofSeconds(6));
    tail.turn();
    assertThat(log.wholeAtMs(0)).isEqualTo(lastMs);
  }

  private PartitionLog follow() {
    FollowRequest request = new FollowRequest(ONE, () -> {});
    tail.offerFollow(request);
    tail.turn();
    PartitionLog log = request.log();
    assertThat(log).isNotNull();
    return log;
  }

  private void writeAt(long timestampMs, long fromOffset, String id) {
    lanes.append(ONE, timestampMs, toChannel(fromOffset, "scores", id));
  }

  private static List<Long> offsets(PartitionLog log) {
    List<Long> offsets = new ArrayList<>();
    log.read(log.startOffset(), entry -> offsets.add(entry.offset()));
    return offsets;
  }
}
