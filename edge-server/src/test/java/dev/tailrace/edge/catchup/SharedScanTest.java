package dev.tailrace.edge.catchup;

import static dev.tailrace.edge.lane.Stamped.toChannel;
import static dev.tailrace.edge.lane.Stamped.toUsers;
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
import java.util.stream.LongStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Many clients that lack what lies in the same partition. */
class SharedScanTest {
  private static final LanePartition CHANNELS = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition USERS = new LanePartition(Lane.USERS, 1, 1);
  private static final int LARGE = 20_000;

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock);
  private final List<CatchUpSession> returned = new ArrayList<>();

  @Test
  void shouldReadOnceForAllWhoComeAtTheSameTime() {
    long bytes = 0;
    for (int i = 0; i < 1_000; i++) {
      Delivery delivery = toUsers(i, List.of("user-" + i), "e" + i);
      bytes += delivery.getSerializedSize();
      lanes.append(USERS, clock.millis(), delivery);
    }
    List<CatchUpSession> sessions = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      CatchUpSession session = new CatchUpSession(USERS, i / 2, Set.of("user-" + i), returned::add);
      session.join(HandCatchUp.logFrom(1_000));
      sessions.add(session);
      catchUp.offer(session);
    }

    catchUp.settle();

    assertThat(returned).containsExactlyInAnyOrderElementsOf(sessions);
    for (int i = 0; i < 1_000; i++) {
      assertThat(offsets(sessions.get(i))).containsExactly((long) i);
      assertThat(sessions.get(i).position()).isEqualTo(1_000);
    }
    assertThat(catchUp.laps()).isEqualTo(1);
    assertThat(catchUp.scannedBytes()).isEqualTo(bytes);
    assertThat(catchUp.givenBytes()).isEqualTo(bytes);
  }

  @Test
  void shouldGiveAnEventOnceToWhoFollowsSeveralOfItsUsers() {
    lanes.append(USERS, clock.millis(), toUsers(0, List.of("ann", "bob", "eve"), "e0"));
    lanes.append(USERS, clock.millis(), toUsers(1, List.of("eve", "ann"), "e1"));
    CatchUpSession both = new CatchUpSession(USERS, 0, Set.of("ann", "bob"), returned::add);
    CatchUpSession eve = new CatchUpSession(USERS, 1, Set.of("eve"), returned::add);
    for (CatchUpSession session : List.of(both, eve)) {
      session.join(HandCatchUp.logFrom(2));
      catchUp.offer(session);
    }

    catchUp.settle();

    assertThat(offsets(both)).containsExactly(0L, 1L);
    assertThat(offsets(eve)).containsExactly(1L);
    long weight = both.entries().stream().mapToLong(LogEntry::weight).sum();
    assertThat(catchUp.heldBytes())
        .as("each counts once")
        .isBetween(weight + 3 * 16 - 1, weight + 3 * 16);
  }

  @Test
  void shouldGiveAllTheSameEntrySoThatItIsEncodedOnce() {
    write(3);
    CatchUpSession one = offer(0, 3);
    CatchUpSession other = offer(1, 3);

    catchUp.settle();

    assertThat(offsets(one)).containsExactly(0L, 1L, 2L);
    assertThat(other.entries()).containsExactlyElementsOf(one.entries().subList(1, 3));
  }

  @Test
  void shouldTakeOnANewcomerAndReadAgainOnlyWhatItMissed() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(600, 100_000); // older than a fold has to begin
    writeLarge(600, 0);
    CatchUpSession early = offer("prices", 0, 1_200);
    turns(3); // one for the leader's answers, two slices
    long read = catchUp.scannedBytes();

    CatchUpSession ahead = offer("prices", 1_100, 1_200);
    CatchUpSession behind = offer("prices", 600, 1_200);
    catchUp.settle();

    assertThat(returned).containsExactlyInAnyOrder(early, ahead, behind);
    assertThat(returned).last().isSameAs(behind);
    assertThat(read).isGreaterThan(600L * LARGE);
    assertThat(catchUp.laps()).isEqualTo(2);
    assertThat(catchUp.scannedBytes())
        .as("all of it once, and the half that it missed")
        .isBetween(1_800L * LARGE, 1_810L * (LARGE + 100));
  }

  @Test
  void shouldLetGoWhoHasEnoughAndReadOnForTheOthers() {
    writeLarge(100);
    CatchUpSession much = offer("scores", 0, 100);
    CatchUpSession nothing = offer("prices", 0, 100);

    catchUp.settle();

    assertThat(returned).containsExactly(much, nothing);
    assertThat(offsets(much)).containsExactlyElementsOf(LongStream.range(0, 14).boxed().toList());
    assertThat(much.position()).isEqualTo(14);
    assertThat(nothing.position()).isEqualTo(100);
    assertThat(catchUp.laps()).isEqualTo(1);
  }

  @Test
  void shouldGiveThePositionBackOfWhoIsGivenNothingForLong() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(2_000);
    CatchUpSession session = offer("prices", 0, 2_000);

    catchUp.settle();

    assertThat(returned).containsExactly(session);
    assertThat(session.position()).isBetween(ScanLap.MAX_EXAMINED_BYTES / (LARGE + 100), 1_999L);
    assertThat(session.entries()).isEmpty();
  }

  @Test
  void shouldBoundWhatItHoldsForAllOfThem() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    int channels = 90;
    for (int i = 0; i < 20 * channels; i++) {
      lanes.append(CHANNELS, clock.millis(), large(i, "c" + i % channels));
    }
    for (int i = 0; i < channels; i++) {
      offer("c" + i, 0, 20L * channels);
    }

    turns(6);

    long held =
        returned.stream().flatMap(s -> s.entries().stream()).mapToLong(LogEntry::weight).sum();
    assertThat(returned).hasSize(channels);
    assertThat(held).isLessThan(ScanLap.MAX_HELD_BYTES + 50 * (LARGE + 500L));
  }

  @Test
  void shouldHaveNoMoreThanAFewLapsUnderWay() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    int partitions = CatchUpReader.MAX_LAPS + 2;
    for (int p = 0; p < partitions; p++) {
      LanePartition partition = new LanePartition(Lane.CHANNELS, 1, p);
      for (int i = 0; i < 500; i++) { // two slices
        lanes.append(partition, clock.millis(), large(i, "scores"));
      }
      CatchUpSession session = new CatchUpSession(partition, 0, Set.of("prices"), returned::add);
      session.join(HandCatchUp.logFrom(500));
      catchUp.offer(session);
    }

    int most = 0;
    while (catchUp.turn() > 0) {
      most = Math.max(most, catchUp.laps() - returned.size());
    }

    assertThat(most).isEqualTo(CatchUpReader.MAX_LAPS);
    assertThat(returned).hasSize(partitions);
  }

  @Test
  void shouldReadThePartitionThatLosesFirstAndTheOneThatHasWaitedLongestInTurn() {
    long[] positions = {5_000, 40, 30, 20, 10, 0};
    long[] ends = {10_000, 100, 100, 100, 100, 100}; // the first is half a log away, too
    List<CatchUpSession> waiting = new ArrayList<>();
    for (int p = 0; p < positions.length; p++) {
      LanePartition partition = new LanePartition(Lane.CHANNELS, 1, p);
      lanes.skip(partition, (int) ends[p] - 1);
      lanes.append(partition, clock.millis(), large(p, "scores"));
      CatchUpSession session =
          new CatchUpSession(partition, positions[p], Set.of("scores"), returned::add);
      session.join(HandCatchUp.logFrom(ends[p]));
      waiting.add(session);
      catchUp.offer(session);
    }

    catchUp.settle();

    assertThat(returned).extracting(waiting::indexOf).containsExactly(5, 0, 4, 1, 3, 2);
  }

  @Test
  void shouldLeadWithTheLowestPositionAndWithTheLongestWaitingInTurn() {
    catchUp.consumer().setMaxRecordsOfAPartition(5);
    writeLarge(100);
    List<CatchUpSession> full = new ArrayList<>();
    for (long position : new long[] {60, 40, 20, 0}) {
      full.add(offer("scores", position, 100));
    }

    catchUp.settle();

    // The lap from 0 is over when its lead has enough; nobody else was on it.
    assertThat(returned).containsExactly(full.get(3), full.get(0), full.get(2), full.get(1));
    assertThat(catchUp.laps()).isEqualTo(4);
  }

  @Test
  void shouldTellAllOfWhatRetentionRemovedInOneLap() {
    write(10);
    lanes.removeBelow(CHANNELS, 6);
    for (int i = 0; i < 5; i++) {
      offer(i, 10);
    }

    catchUp.settle();

    assertThat(catchUp.laps()).isEqualTo(1);
    assertThat(returned).hasSize(5);
    assertThat(returned)
        .allSatisfy(
            session -> {
              assertThat(session.firstSurviving()).isEqualTo(6);
              assertThat(session.firstSurvivorMs()).isEqualTo(clock.millis());
              assertThat(offsets(session)).containsExactly(6L, 7L, 8L, 9L);
            });
  }

  @Test
  void shouldGiveAllBackWhenKafkaDoesNotAnswerAndNothingTwice() {
    catchUp.consumer().setMaxRecordsOfAPartition(2);
    write(6);
    CatchUpSession one = offer(0, 6);
    CatchUpSession ahead = offer(1, 6);
    CatchUpSession notReached = offer(5, 6);
    catchUp.consumer().setReadFailure(new TimeoutException("gone"), 2);

    catchUp.turn();
    catchUp.turn();

    assertThat(returned).containsExactlyInAnyOrder(one, ahead);
    assertThat(returned).allMatch(CatchUpSession::isFailed);
    assertThat(offsets(one)).containsExactly(0L, 1L);
    assertThat(offsets(ahead)).containsExactly(1L);
    catchUp.consumer().setReadFailure(null);
    catchUp.offer(one);
    catchUp.offer(ahead);
    catchUp.settle();

    assertThat(offsets(one)).containsExactly(2L, 3L, 4L, 5L);
    assertThat(offsets(ahead)).containsExactly(2L, 3L, 4L, 5L);
    assertThat(offsets(notReached)).containsExactly(5L);
  }

  @Test
  void shouldNotTakeOnWhoNeedsAnEarlierFold() {
    lanes.append(CHANNELS, clock.millis() - 130_000, toChannel(1, "scores", "e1"));
    lanes.append(CHANNELS, clock.millis() - 80_000, toChannel(1, "scores", "e1")); // again
    lanes.append(CHANNELS, clock.millis(), toChannel(2, "scores", "e2"));
    catchUp.consumer().holdAnswers();
    CatchUpSession lead = offer(2, 3); // its fold begins at the last one
    catchUp.turn();
    CatchUpSession behind = offer(1, 3);
    catchUp.consumer().releaseAnswers();

    catchUp.settle();

    assertThat(returned).containsExactly(lead, behind);
    assertThat(offsets(lead)).containsExactly(2L);
    assertThat(offsets(behind)).as("it knows that the second is a repetition").containsExactly(2L);
  }

  @Test
  void shouldNotFoldTheMinuteBeforeWhereTheTailKnowsTheRepetitions() {
    writeLarge(100);
    long again = repeat(10);
    writeLarge(1);
    PartitionLog log = knowing(50, again);

    List<Long> read = readAll(60, log);

    assertThat(read).containsExactlyElementsOf(longs(60, 100, 101));
    assertThat(catchUp.scannedBytes())
        .as("from its position on")
        .isBetween(41L * LARGE, 42L * (LARGE + 100));
  }

  @Test
  void shouldFoldWhereTheTailKnowsNothing() {
    writeLarge(10);
    long again = repeat(3);
    writeLarge(1);
    PartitionLog log = knowing(5, again);

    assertThat(readAll(4, log)).containsExactlyElementsOf(longs(4, 10, 11));
  }

  @Test
  void shouldReadNoFurtherThanTheTailHasCome() {
    writeLarge(10);
    PartitionLog log = knowing(2, 0);
    repeat(1); // the tail has not come to it, and the scan began after the first

    assertThat(readAll(5, log)).containsExactlyElementsOf(longs(5, 10));
  }

  @Test
  void shouldFoldAfterTheTailHasForgotten() {
    writeLarge(10);
    long again = repeat(3);
    writeLarge(1);
    PartitionLog log = knowing(2, again);
    for (int i = 0; i < 5_000; i++) { // more than it keeps
      log.addRepetition(100 + i);
    }

    assertThat(readAll(5, log)).containsExactlyElementsOf(longs(5, 10, 11));
  }

  /** What the tail knew of the lost end says nothing of what was written there since. */
  @Test
  void shouldNotGoByALogThatWasGivenUp() {
    catchUp.consumer().setMaxRecordsOfAPartition(1);
    writeLarge(1_000);
    long again = repeat(3);
    PartitionLog old = knowing(2, again);
    CatchUpSession early = new CatchUpSession(CHANNELS, 2, Set.of("prices"), returned::add);
    early.join(old);
    catchUp.offer(early);
    turns(2); // a lap that goes by the old log is under way
    assertThat(catchUp.laps()).isEqualTo(1);
    assertThat(returned).isEmpty();

    lanes.removeFrom(CHANNELS, again);
    old.close();
    lanes.append(CHANNELS, clock.millis(), toChannel(5_000, "scores", "new"));
    CatchUpSession late = new CatchUpSession(CHANNELS, 990, Set.of("scores"), returned::add);
    late.join(HandCatchUp.logFrom(again + 1)); // the log that the tail began since
    catchUp.offer(late);
    catchUp.settle();

    assertThat(offsets(late)).contains(again);
  }

  /** Writes again what came from a source offset; returns where that lies. */
  private long repeat(int sourceOffset) {
    return lanes.append(
        CHANNELS, clock.millis(), toChannel(sourceOffset, "scores", "e" + sourceOffset));
  }

  /**
   * The log of a tail that began at an offset, found this repetition, and holds the last record.
   */
  private PartitionLog knowing(long from, long repetition) {
    PartitionLog log = new PartitionLog(CHANNELS, from, 1);
    log.addRepetition(repetition);
    long end = lanes.end(CHANNELS);
    log.append(List.of(entry(from), entry(end - 1)), end);
    assertThat(log.startOffset()).isEqualTo(end - 1);
    return log;
  }

  private static LogEntry entry(long offset) {
    return new LogEntry(CHANNELS, offset, 0, -1, "scores", List.of(), "", false, new byte[1]);
  }

  private List<Long> readAll(long position, PartitionLog log) {
    CatchUpSession session =
        new CatchUpSession(CHANNELS, position, Set.of("scores"), returned::add);
    List<Long> read = new ArrayList<>();
    while (session.position() < log.startOffset()) {
      session.join(log);
      catchUp.offer(session);
      catchUp.settle();
      assertThat(session.isFailed()).isFalse();
      read.addAll(offsets(session));
    }
    return read;
  }

  /** All from one to another, without that, and one more. */
  private static List<Long> longs(long from, long to, long... more) {
    return LongStream.concat(LongStream.range(from, to), LongStream.of(more)).boxed().toList();
  }

  private CatchUpSession offer(long position, long joinAt) {
    return offer("scores", position, joinAt);
  }

  private CatchUpSession offer(String channel, long position, long joinAt) {
    CatchUpSession session = new CatchUpSession(CHANNELS, position, Set.of(channel), returned::add);
    session.join(HandCatchUp.logFrom(joinAt));
    catchUp.offer(session);
    return session;
  }

  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      catchUp.turn();
    }
  }

  private void write(int count) {
    for (int i = 0; i < count; i++) {
      lanes.append(CHANNELS, clock.millis(), toChannel(i, "scores", "e" + i));
    }
  }

  private void writeLarge(int count) {
    writeLarge(count, 0);
  }

  private void writeLarge(int count, long ageMs) {
    for (int i = 0; i < count; i++) {
      int sourceOffset = (int) lanes.end(CHANNELS);
      lanes.append(CHANNELS, clock.millis() - ageMs, large(sourceOffset, "scores"));
    }
  }

  private static Delivery large(int sourceOffset, String channel) {
    Delivery.Builder delivery = toChannel(sourceOffset, channel, "e" + sourceOffset).toBuilder();
    delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[LARGE]));
    return delivery.build();
  }

  private static List<Long> offsets(CatchUpSession session) {
    return session.entries().stream().map(LogEntry::offset).toList();
  }
}
