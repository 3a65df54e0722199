package dev.tailrace.edge.tail;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.support.kafka.PollPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PartitionTailAgentTest {
  private static final LanePartition ONE = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition TWO = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final LanePartition THREE = new LanePartition(Lane.CHANNELS, 1, 3);
  private static final TopicPartition ONE_IN_KAFKA = new TopicPartition("tailrace.channels", 1);
  private static final int LOG_BYTES = 40_000;

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandTail tail = new HandTail(lanes, clock, LOG_BYTES);
  private long sourceOffset;

  @Test
  void shouldFollowFromTheLeadersEnd() {
    write(ONE, "a", "b");

    PartitionLog log = follow(ONE);
    write(ONE, "c");
    tail.turn();
    tail.turn();

    assertThat(log.startOffset()).isEqualTo(2);
    assertThat(log.endOffset()).isEqualTo(3);
    assertThat(offsets(log)).containsExactly(2L);
    assertThat(tail.kept()).isEqualTo(1);
  }

  @Test
  void shouldKnowARepetitionOfWhatWasWrittenWithinTheHorizonBeforeItsStart() {
    writeAt(clock.millis() - 59_000, 7, "before");

    PartitionLog log = follow(ONE);
    writeAt(clock.millis(), 7, "before");
    writeAt(clock.millis(), 8, "after");
    tail.turn();
    tail.turn();

    assertThat(offsets(log)).containsExactly(2L);
    assertThat(log.endOffset()).isEqualTo(3);
    assertThat(tail.repeated()).isEqualTo(1);
    assertThat(log.finding(1)).isEqualTo(PartitionLog.Finding.REPETITION);
    assertThat(log.finding(2)).isEqualTo(PartitionLog.Finding.NEW);
  }

  @Test
  void shouldReadNoFurtherBackThanTheHorizon() {
    tail.consumer().setMaxRecordsOfAPartition(0);
    writeAt(clock.millis() - 61_000, 7, "long ago");
    writeAt(clock.millis() - 30_000, 8, "lately");

    PartitionLog log = follow(ONE);

    assertThat(tail.consumer().position(ONE_IN_KAFKA)).isEqualTo(1);
    tail.consumer().setMaxRecordsOfAPartition(10);
    tail.turn();
    assertThat(offsets(log)).isEmpty();
    assertThat(log.endOffset()).isEqualTo(2);
  }

  @Test
  void shouldSkipHoles() {
    PartitionLog log = follow(ONE);
    lanes.skip(ONE, 10);
    write(ONE, "a");
    tail.turn();

    assertThat(offsets(log)).containsExactly(10L);
    assertThat(log.endOffset()).isEqualTo(11);
  }

  @Test
  void shouldKeepTheLossOfWhatIsNoDelivery() {
    PartitionLog log = follow(ONE);
    write(ONE, "a");
    lanes.append(ONE, clock.millis(), new byte[] {1, 2, 3});
    lanes.append(ONE, clock.millis(), (byte[]) null);
    write(ONE, "b");
    tail.turn();

    assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(losses(log)).containsExactly(1L, 2L);
    assertThat(tail.unreadable()).isEqualTo(2);
  }

  @Test
  void shouldGoOnBehindDamagedRecordsAndLeaveOtherPartitionsAlone() {
    PartitionLog one = follow(ONE);
    PartitionLog two = follow(TWO);
    write(ONE, "a", "b", "c", "d");
    lanes.damage(ONE, 1);
    lanes.damage(ONE, 2);
    write(TWO, "e");
    for (int i = 0; i < 6; i++) {
      tail.turn();
    }

    assertThat(offsets(one)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(losses(one)).containsExactly(1L, 2L);
    assertThat(one.isClosed()).isFalse();
    assertThat(offsets(two)).containsExactly(0L);
    assertThat(losses(two)).isEmpty();
    assertThat(tail.unreadable()).isEqualTo(2);
  }

  @Test
  void shouldReadAgainWhatWasDamagedOnItsWay() {
    PartitionLog one = follow(ONE);
    write(ONE, "a", "b");
    lanes.damage(ONE, 1);
    tail.turn();
    tail.turn();
    lanes.repair(ONE, 1);
    tail.turn();

    assertThat(offsets(one)).containsExactly(0L, 1L);
    assertThat(losses(one)).isEmpty();
    assertThat(tail.unreadable()).isZero();
  }

  @Test
  void shouldTellNobodyOfDamageBelowTheStartOfItsLog() {
    write(ONE, "a", "b");
    lanes.damage(ONE, 0);
    lanes.damage(ONE, 1);
    PartitionLog log = follow(ONE);
    write(ONE, "c");
    for (int i = 0; i < 5; i++) {
      tail.turn();
    }

    assertThat(offsets(log)).containsExactly(2L);
    assertThat(losses(log)).isEmpty();
  }

  @Test
  void shouldGiveAllWhoFollowAPartitionTheSameLog() {
    PartitionLog first = follow(ONE);
    write(ONE, "a");
    tail.turn();

    PartitionLog second = follow(ONE);

    assertThat(second).isSameAs(first);
  }

  @Test
  void shouldKeepTheLogUntilTheLastFollowerLeaves() {
    PartitionLog log = follow(ONE);
    follow(ONE);

    tail.offerUnfollow(log);
    tail.turn();
    assertThat(log.isClosed()).isFalse();
    assertThat(tail.followed()).isEqualTo(1);

    tail.offerUnfollow(log);
    tail.turn();
    assertThat(log.isClosed()).isTrue();
    assertThat(tail.followed()).isZero();
    assertThat(tail.consumer().assignment()).isEmpty();
  }

  @Test
  void shouldKeepItsPlaceInAPartitionWhenAnotherIsAddedOrLeft() {
    PartitionLog one = follow(ONE);
    write(ONE, "a", "b");
    tail.turn();

    PartitionLog two = follow(TWO);
    write(ONE, "c");
    write(TWO, "d");
    tail.turn();
    tail.offerUnfollow(two);
    tail.turn();
    write(ONE, "e");
    tail.turn();

    assertThat(offsets(one)).containsExactly(0L, 1L, 2L, 3L);
    assertThat(offsets(two)).containsExactly(0L);
  }

  @Test
  void shouldCloseTheLogRatherThanResetItsPosition() {
    PartitionLog one = follow(ONE);
    PartitionLog two = follow(TWO);
    int advances = tail.advances();
    write(ONE, "a", "b", "c");
    lanes.removeBelow(ONE, 2);
    write(TWO, "d");

    tail.turn();

    assertThat(one.isClosed()).isTrue();
    assertThat(offsets(one)).isEmpty();
    assertThat(tail.advances()).isGreaterThan(advances);
    assertThat(tail.followed()).isEqualTo(1);
    assertThat(tail.consumer().assignment()).doesNotContain(ONE_IN_KAFKA);
    tail.turn();
    assertThat(two.isClosed()).isFalse();
    assertThat(offsets(two)).containsExactly(0L);
  }

  @Test
  void shouldCloseTheLogWhenTheLeadersTailIsLost() {
    PartitionLog one = follow(ONE);
    write(ONE, "a", "b", "c");
    tail.turn();
    lanes.removeFrom(ONE, 1);

    tail.turn();
    PartitionLog again = follow(ONE);

    assertThat(one.isClosed()).isTrue();
    assertThat(again.startOffset()).isEqualTo(1);
  }

  @Test
  void shouldPauseAPartitionWhoseLogIsFullAndGoOnWhenItIsSwept() {
    tail.consumer().setMaxRecordsOfAPartition(10);
    PartitionLog log = follow(ONE);
    AtomicLong sweep = log.addSweep();
    PartitionLog other = follow(TWO);
    for (int i = 0; i < 400; i++) {
      write(ONE, "event " + i);
    }
    for (int i = 0; i < 60; i++) {
      tail.turn();
    }
    long stoppedAt = log.endOffset();
    write(TWO, "other");
    tail.turn();

    assertThat(tail.consumer().paused()).containsExactly(ONE_IN_KAFKA);
    assertThat(stoppedAt).isLessThan(400);
    assertThat(log.startOffset()).isZero();
    assertThat(log.bytes()).isLessThan(LOG_BYTES + LOG_BYTES / 4);
    assertThat(offsets(other)).containsExactly(0L);

    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sweep.set(log.read(sweep.get(), entry -> seen.add(entry.offset())));
      tail.turn();
    }
    assertThat(tail.consumer().paused()).isEmpty();
    assertThat(log.endOffset()).isEqualTo(400);
    assertThat(seen).hasSize(400).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void shouldHoldItsBoundWhenEncodingsAreMadeAfterTheLastRecord() {
    PartitionLog log = follow(ONE);
    for (int i = 0; i < 60; i++) {
      write(ONE, "event " + i);
      tail.turn();
    }
    assertThat(log.bytes()).isLessThan(LOG_BYTES);
    log.read(
        log.startOffset(),
        entry -> {
          entry.keepEncoding(0, new byte[1_000]);
          return true;
        });
    assertThat(log.bytes()).isGreaterThan(LOG_BYTES);

    tail.turn();

    assertThat(log.bytes()).isLessThanOrEqualTo(LOG_BYTES);
    assertThat(log.startOffset()).isPositive();
  }

  @Test
  void shouldAnswerWithTheLeadersEnd() {
    write(ONE, "a", "b");
    List<Long> answers = new ArrayList<>();

    tail.offerEndOffset(new EndOffsetRequest(ONE, answers::add));
    tail.turn();

    assertThat(answers).containsExactly(2L);
  }

  @Test
  void shouldAnswerLaterWhenKafkaDoesNot() {
    AtomicInteger answers = new AtomicInteger();
    FollowRequest request = new FollowRequest(ONE, answers::incrementAndGet);
    tail.consumer().setFailure(new TimeoutException("no leader"));
    tail.offerFollow(request);
    tail.turn();
    assertThat(request.log()).isNull();
    tail.consumer().setFailure(null);

    tail.turn();
    assertThat(request.log()).as("it does not ask again at once").isNull();
    clock.advance(Duration.ofMillis(250));
    tail.turn();

    assertThat(request.log()).isNotNull();
    assertThat(answers).hasValue(1);
  }

  @Test
  void shouldAnswerForOthersWhileOnePartitionHasNoLeader() {
    PartitionLog one = follow(ONE);
    lanes.loseLeader(TWO);
    FollowRequest withoutLeader = new FollowRequest(TWO, () -> {});
    FollowRequest withLeader = new FollowRequest(THREE, () -> {});
    List<Long> ends = new ArrayList<>();
    write(ONE, "a");
    tail.offerFollow(withoutLeader);
    tail.offerFollow(withLeader);
    tail.offerEndOffset(new EndOffsetRequest(TWO, ends::add));
    tail.offerEndOffset(new EndOffsetRequest(ONE, ends::add));

    tail.turn();

    assertThat(withLeader.log()).as("followed in the same turn").isNotNull();
    assertThat(ends).as("answered in the same turn").containsExactly(1L);
    assertThat(offsets(one)).as("read in the same turn").containsExactly(0L);
    assertThat(withoutLeader.log()).isNull();

    lanes.findLeader(TWO);
    clock.advance(Duration.ofMillis(250));
    tail.turn();
    assertThat(withoutLeader.log()).isNotNull();
    assertThat(ends).containsExactly(1L, 0L);
  }

  @Test
  void shouldGiveNoAnswerToWhoAskedAfterTheLeaderHadBeenAsked() {
    List<Long> ends = new ArrayList<>();
    write(ONE, "a");
    tail.consumer().holdAnswers();
    tail.offerEndOffset(new EndOffsetRequest(ONE, ends::add));
    tail.turn();
    write(ONE, "b");
    tail.offerEndOffset(new EndOffsetRequest(ONE, ends::add));
    tail.turn();

    tail.consumer().releaseAnswers();
    tail.turn();
    assertThat(ends).containsExactly(1L);

    tail.turn();
    assertThat(ends).containsExactly(1L, 2L);
  }

  @Test
  void shouldLoseNothingWhenItsPositionCannotBeToldAtOnce() {
    PartitionLog log = follow(ONE);
    write(ONE, "a", "b");
    // After a change of leaders a consumer asks the new one before it tells its position.
    tail.consumer().setPositionFailure(new TimeoutException("not validated"));
    tail.turn();
    tail.consumer().setPositionFailure(null);
    write(ONE, "c");
    tail.turn();

    assertThat(offsets(log)).containsExactly(0L, 1L, 2L);
    assertThat(log.endOffset()).isEqualTo(3);
  }

  @Test
  void shouldGoOnAfterKafkaFailed() {
    PartitionLog log = follow(ONE);
    write(ONE, "a");
    tail.consumer().setFailure(new TimeoutException("gone"));
    tail.turn();
    tail.turn();
    tail.consumer().setFailure(null);

    tail.turn();

    assertThat(offsets(log)).containsExactly(0L);
    assertThat(log.isClosed()).isFalse();
  }

  @Test
  @Timeout(60)
  void shouldLetMoreComeAfterAPollThatBroughtAFew() throws InterruptedException {
    HandTail paced =
        new HandTail(lanes, clock, HandTail.config(LOG_BYTES, Long.MAX_VALUE, Duration.ofHours(1)));
    PartitionLog log = follow(paced, ONE);
    write(ONE, "a");
    paced.turn();
    write(ONE, "b", "c");

    Thread next = Thread.ofPlatform().start(paced::turn);
    await().until(() -> LockSupport.getBlocker(next) instanceof PollPace);
    assertThat(offsets(log)).containsExactly(0L);
    LockSupport.unpark(next);
    next.join();

    assertThat(offsets(log)).containsExactly(0L, 1L, 2L);
  }

  @Test
  void shouldHoldAllItsLogsToTheirCommonBound() {
    HandTail bounded =
        new HandTail(lanes, clock, HandTail.config(LOG_BYTES, LOG_BYTES, Duration.ZERO));
    PartitionLog small = follow(bounded, ONE);
    PartitionLog large = follow(bounded, TWO);
    write(ONE, "a", "b");
    for (int i = 0; i < 400; i++) {
      write(TWO, "event " + i);
      bounded.turn();
    }

    bounded.turn();

    assertThat(small.bytes() + large.bytes()).isLessThanOrEqualTo(LOG_BYTES);
    assertThat(large.bytes()).isGreaterThan(LOG_BYTES / 2);
    assertThat(offsets(small)).containsExactly(0L, 1L);
    assertThat(large.endOffset()).isEqualTo(400);
  }

  @Test
  void shouldCloseItsLogsWhenItEnds() {
    PartitionLog log = follow(ONE);

    tail.close();

    assertThat(log.isClosed()).isTrue();
    assertThat(tail.consumer().closed()).isTrue();
  }

  @Test
  void shouldNotTakeOneLogForAnother() {
    PartitionLog lost = follow(ONE);
    write(ONE, "a", "b");
    lanes.removeBelow(ONE, 2);
    tail.turn();
    PartitionLog again = follow(ONE);

    tail.offerUnfollow(lost);
    tail.turn();

    assertThat(lost.isClosed()).isTrue();
    assertThat(again.isClosed()).isFalse();
  }

  private PartitionLog follow(LanePartition partition) {
    return follow(tail, partition);
  }

  private static PartitionLog follow(HandTail by, LanePartition partition) {
    FollowRequest request = new FollowRequest(partition, () -> {});
    by.offerFollow(request);
    by.turn();
    PartitionLog log = request.log();
    assertThat(log).isNotNull();
    return log;
  }

  private void write(LanePartition partition, String... ids) {
    for (String id : ids) {
      lanes.append(partition, clock.millis(), toChannel(sourceOffset++, "scores", id));
    }
  }

  private void writeAt(long timestampMs, long fromOffset, String id) {
    lanes.append(ONE, timestampMs, toChannel(fromOffset, "scores", id));
  }

  private static List<Long> losses(PartitionLog log) {
    List<Long> losses = new ArrayList<>();
    log.read(log.startOffset(), entry -> !entry.isUpstreamGap() || losses.add(entry.offset()));
    return losses;
  }

  private static List<Long> offsets(PartitionLog log) {
    List<Long> offsets = new ArrayList<>();
    log.read(log.startOffset(), entry -> offsets.add(entry.offset()));
    return offsets;
  }
}
