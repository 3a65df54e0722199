package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.lane.MemoryLanes;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class CatchUpReaderTest {
  private static final LanePartition PARTITION = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition OTHER = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final LanePartition LATE = new LanePartition(Lane.CHANNELS, 1, 3);

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock);
  private final List<CatchUpSession> returned = new ArrayList<>();

  @Test
  void shouldReadWhatIsForItsAddressesUpToTheJoin() {
    for (int i = 0; i < 10; i++) {
      write(0, i, i % 2 == 0 ? "scores" : "prices");
    }
    CatchUpSession session = session(3);
    session.join(HandCatchUp.logFrom(8));

    readChunk(session);

    assertThat(offsets(session)).startsWith(4L, 6L).doesNotContain(5L, 7L);
    assertThat(session.position()).isGreaterThanOrEqualTo(8);
    assertThat(session.isTruncated()).isFalse();
    assertThat(session.isFailed()).isFalse();
    assertThat(returned).containsExactly(session);
  }

  @Test
  void shouldKnowRepetitionsOfWhatLiesBeforeItsPosition() {
    write(-50_000, 1, "scores");
    write(-40_000, 2, "scores");
    write(-1_000, 1, "scores");
    write(-500, 2, "scores");
    write(-100, 3, "scores");
    CatchUpSession session = session(2);
    session.join(HandCatchUp.logFrom(5));

    readChunk(session);

    assertThat(offsets(session)).containsExactly(4L);
    assertThat(session.position()).isEqualTo(5);
  }

  @Test
  void shouldStartItsFoldAMinuteBeforeTheFirstRecordItMayDeliver() {
    write(-170_000, 9, "scores"); // more than a minute before the first: not folded
    write(-130_000, 2, "scores"); // less than that: folded
    write(-100_000, 2, "scores"); // at the position
    write(-90_000, 3, "scores");
    CatchUpSession session = session(2);
    session.join(HandCatchUp.logFrom(4));

    readChunk(session);

    assertThat(offsets(session)).as("the fold knows 2, and has not seen 9").containsExactly(3L);
    assertThat(session.position()).isEqualTo(4);
  }

  @Test
  void shouldGoOnWithPositionAndFoldInTheNextChunk() {
    catchUp.consumer().setMaxRecordsOfAPartition(2);
    int written = 40;
    for (int i = 0; i < 2 * written; i++) {
      lanes.append(PARTITION, clock.millis(), large(i % written));
    }
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(2L * written));
    List<Long> all = new ArrayList<>();
    int chunks = 0;

    while (session.position() < 2L * written) {
      readChunk(session);
      all.addAll(offsets(session));
      chunks++;
    }

    assertThat(chunks).isGreaterThan(2);
    assertThat(all).hasSize(written).isSorted().endsWith(written - 1L);
  }

  @Test
  void shouldNotBeginItsFoldAnywhereWhenTheFirstRecordDoesNotCome() {
    write(-130_000, 2, "scores");
    write(-100_000, 2, "scores"); // at the position: a repetition
    write(-90_000, 3, "scores");
    catchUp.consumer().setMaxRecordsOfAPartition(0);
    CatchUpSession session = session(1);
    session.join(HandCatchUp.logFrom(3));

    readChunk(session);
    assertThat(session.isFailed()).isTrue();
    catchUp.consumer().setMaxRecordsOfAPartition(10);
    readChunk(session);

    assertThat(offsets(session)).containsExactly(2L);
  }

  @Test
  void shouldComeToAPositionThatNoSessionWaitsLongEnoughFor() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    int before = 2_000; // 40 MB of the minute before the position
    for (int i = 0; i < before; i++) {
      lanes.append(PARTITION, clock.millis() - 30_000, large(i));
    }
    lanes.append(PARTITION, clock.millis(), large(before - 1)); // again
    lanes.append(PARTITION, clock.millis(), large(before));
    List<Long> found = List.of();

    for (int attempt = 0; attempt < 10 && found.isEmpty(); attempt++) {
      CatchUpSession session = session(before);
      session.join(HandCatchUp.logFrom(before + 2));
      catchUp.offer(session);
      turns(3); // two for the leader's answers, a slice of 8 MB
      found = offsets(session);
      session.cancel();
      catchUp.settle();
    }

    assertThat(found).containsExactly(before + 1L);
  }

  @Test
  void shouldSayWhatRetentionRemoved() {
    for (int i = 0; i < 10; i++) {
      write(-60_000 + i * 1_000, i, "scores");
    }
    lanes.removeBelow(PARTITION, 6);
    CatchUpSession session = session(2);
    session.join(HandCatchUp.logFrom(10));

    readChunk(session);

    assertThat(session.isTruncated()).isTrue();
    assertThat(session.firstSurviving()).isEqualTo(6);
    assertThat(session.firstSurvivorMs()).isEqualTo(clock.millis() - 54_000);
    assertThat(offsets(session)).containsExactly(6L, 7L, 8L, 9L);
    readChunk(session);
    assertThat(session.isTruncated()).isFalse();
  }

  @Test
  void shouldSayThatRetentionRemovedEverything() {
    write(0, 0, "scores");
    write(0, 1, "scores");
    lanes.removeBelow(PARTITION, 2);
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(2));

    readChunk(session);

    assertThat(session.isTruncated()).isTrue();
    assertThat(session.firstSurviving()).isEqualTo(2);
    assertThat(session.firstSurvivorMs()).isNegative();
    assertThat(session.position()).isEqualTo(2);
    assertThat(offsets(session)).isEmpty();
  }

  @Test
  void shouldSayWhatRetentionRemovedAlsoWhenTheSurvivorsTimeCannotBeRead() {
    for (int i = 0; i < 10; i++) {
      write(-60_000 + i * 1_000, i, "scores");
    }
    lanes.removeBelow(PARTITION, 6);
    CatchUpSession session = session(2);
    session.join(HandCatchUp.logFrom(10));
    catchUp.consumer().setReadFailure(new TimeoutException("gone"));

    readChunk(session);

    assertThat(session.isFailed()).isTrue();
    assertThat(session.isTruncated()).isTrue();
    assertThat(session.firstSurviving()).isEqualTo(6);
    assertThat(session.firstSurvivorMs()).isNegative();
    catchUp.consumer().setReadFailure(null);
    readChunk(session);
    assertThat(session.isTruncated()).as("it was told once").isFalse();
    assertThat(offsets(session)).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void shouldNotGiveTwiceWhatItGaveBeforeItFailed() {
    catchUp.consumer().setMaxRecordsOfAPartition(2);
    for (int i = 0; i < 6; i++) {
      write(0, i, "scores");
    }
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(6));
    catchUp.consumer().setReadFailure(new TimeoutException("gone"), 2);

    readChunk(session);
    assertThat(session.isFailed()).isTrue();
    assertThat(offsets(session)).containsExactly(0L, 1L);
    lanes.removeBelow(PARTITION, 1);
    catchUp.consumer().setReadFailure(null);
    readChunk(session);

    assertThat(session.isTruncated()).as("what retention took had been given").isFalse();
    assertThat(offsets(session)).containsExactly(2L, 3L, 4L, 5L);
  }

  @Test
  void shouldKeepTheLossOfWhatCannotBeRead() {
    for (int i = 0; i < 40; i++) {
      write(0, i, "scores");
    }
    for (int i = 2; i < 30; i++) {
      lanes.damage(PARTITION, i);
    }
    lanes.append(PARTITION, clock.millis(), new byte[] {1, 2, 3});
    CatchUpSession session = session(2);
    session.join(HandCatchUp.logFrom(41));

    readChunk(session);

    assertThat(session.isFailed()).isFalse();
    assertThat(session.position()).isEqualTo(41);
    assertThat(offsets(session)).startsWith(2L).hasSize(39);
    assertThat(session.entries())
        .allMatch(entry -> entry.isUpstreamGap() == (entry.offset() < 30 || entry.offset() == 40));
  }

  @Test
  void shouldPassHolesByTheirOffsets() {
    lanes.skip(PARTITION, 5);
    write(0, 1, "scores");
    lanes.skip(PARTITION, 5);
    write(0, 2, "scores");
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(12));

    readChunk(session);

    assertThat(offsets(session)).containsExactly(5L, 11L);
    assertThat(session.position()).isEqualTo(12);
  }

  @Test
  void shouldGiveTheSessionBackWhenKafkaDoesNotAnswerAndReadOnLater() {
    for (int i = 0; i < 4; i++) {
      write(0, i, "scores");
    }
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(4));
    catchUp.consumer().setFailure(new TimeoutException("gone"));

    readChunk(session);
    assertThat(session.isFailed()).isTrue();
    assertThat(returned).hasSize(1);

    catchUp.consumer().setFailure(null);
    readChunk(session);
    assertThat(session.isFailed()).isFalse();
    assertThat(offsets(session)).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void shouldGiveTheSessionBackWhateverHappens() {
    write(0, 0, "scores");
    CatchUpSession session = session(0);
    session.join(HandCatchUp.logFrom(1));
    catchUp.consumer().setReadFailure(new IllegalStateException("nobody thought of it"), 1);

    readChunk(session);

    assertThat(session.isFailed()).isTrue();
    assertThat(returned).containsExactly(session);
    catchUp.consumer().setReadFailure(null);
    readChunk(session);
    assertThat(offsets(session)).containsExactly(0L);
  }

  @Test
  void shouldServePartitionsInTurn() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    fill(PARTITION, 1_500); // 30 MB, four slices
    fill(OTHER, 1_500);
    CatchUpSession here = new CatchUpSession(PARTITION, 0, Set.of("prices"), returned::add);
    CatchUpSession there = new CatchUpSession(OTHER, 0, Set.of("prices"), returned::add);
    for (CatchUpSession session : List.of(here, there)) {
      session.join(HandCatchUp.logFrom(1_500));
      catchUp.offer(session);
    }
    turns(4);
    lanes.append(LATE, clock.millis(), toChannel(0, "scores", "e0"));
    CatchUpSession late = new CatchUpSession(LATE, 0, Set.of("scores"), returned::add);
    late.join(HandCatchUp.logFrom(1));

    readChunk(late);

    assertThat(returned).containsExactly(late, here, there);
  }

  @Test
  void shouldServeOthersWhileOnePartitionHasNoLeader() {
    write(0, 0, "scores");
    lanes.append(OTHER, clock.millis(), toChannel(0, "scores", "e0"));
    lanes.loseLeader(PARTITION);
    CatchUpSession withoutLeader = session(0);
    CatchUpSession withLeader = new CatchUpSession(OTHER, 0, Set.of("scores"), returned::add);
    withoutLeader.join(HandCatchUp.logFrom(1));
    withLeader.join(HandCatchUp.logFrom(1));
    catchUp.offer(withoutLeader);
    catchUp.offer(withLeader);

    catchUp.settle();

    assertThat(returned).as("nobody waits for the other's leader").containsExactly(withLeader);
    assertThat(offsets(withLeader)).containsExactly(0L);

    lanes.findLeader(PARTITION);
    catchUp.settle();
    assertThat(returned).containsExactly(withLeader, withoutLeader);
    assertThat(offsets(withoutLeader)).containsExactly(0L);
  }

  @Test
  void shouldReadNothingForASessionThatWasGivenUp() {
    write(0, 0, "scores");
    CatchUpSession gone = session(0);
    CatchUpSession there = session(0);
    gone.join(HandCatchUp.logFrom(1));
    there.join(HandCatchUp.logFrom(1));
    catchUp.offer(gone);
    catchUp.offer(there);
    gone.cancel();

    catchUp.settle();

    assertThat(returned).containsExactly(there);
    assertThat(gone.entries()).isEmpty();
    assertThat(catchUp.waiting()).isZero();
  }

  @Test
  void shouldStopReadingForASessionThatIsGivenUpMeanwhile() {
    catchUp.consumer().setMaxRecordsOfAPartition(2);
    for (int i = 0; i < 100; i++) {
      write(0, i, "scores");
    }
    CatchUpSession session = session(0);
    CatchUpSession first =
        new CatchUpSession(PARTITION, 0, Set.of("scores"), handedBack -> session.cancel());
    first.join(HandCatchUp.logFrom(2));
    session.join(HandCatchUp.logFrom(100));
    catchUp.offer(first);

    readChunk(session);

    assertThat(returned).isEmpty();
    assertThat(catchUp.consumer().reads())
        .as("the fold's start, the first two, and those on their way then")
        .isEqualTo(3);
  }

  private void readChunk(CatchUpSession session) {
    catchUp.offer(session);
    catchUp.settle();
  }

  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      catchUp.turn();
    }
  }

  private CatchUpSession session(long position) {
    return new CatchUpSession(PARTITION, position, Set.of("scores"), returned::add);
  }

  private void write(long ageMs, long sourceOffset, String channel) {
    lanes.append(
        PARTITION, clock.millis() + ageMs, toChannel(sourceOffset, channel, "e" + sourceOffset));
  }

  private void fill(LanePartition partition, int count) {
    for (int i = 0; i < count; i++) {
      lanes.append(partition, clock.millis(), large(i));
    }
  }

  private static Delivery large(int sourceOffset) {
    Delivery.Builder delivery = toChannel(sourceOffset, "scores", "e" + sourceOffset).toBuilder();
    delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[20_000]));
    return delivery.build();
  }

  private static List<Long> offsets(CatchUpSession session) {
    return session.entries().stream().map(LogEntry::offset).toList();
  }
}
