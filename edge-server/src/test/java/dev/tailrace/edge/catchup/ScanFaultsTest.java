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

/** What goes wrong, or on elsewhere, between two turns of a scan. */
class ScanFaultsTest {
  private static final LanePartition ONE = new LanePartition(Lane.CHANNELS, 1, 1);
  private static final LanePartition TWO = new LanePartition(Lane.CHANNELS, 1, 2);
  private static final int LARGE = 20_000;

  private final MemoryLanes lanes = new MemoryLanes();
  private final ManualClock clock = new ManualClock();
  private final HandCatchUp catchUp = new HandCatchUp(lanes, clock);
  private final List<CatchUpSession> returned = new ArrayList<>();

  @Test
  void shouldForgetWhomItGaveBackWhenTheSurvivorsTimeCouldNotBeRead() {
    writeLarge(ONE, 10, 0);
    lanes.removeBelow(ONE, 5);
    CatchUpSession session = offer(ONE, "scores", 2, 10);
    catchUp.consumer().setReadFailure(new TimeoutException("gone"));
    catchUp.turn();
    assertThat(returned).containsExactly(session);
    catchUp.consumer().setReadFailure(null);

    catchUp.settle();

    assertThat(returned).as("it is its agent's").hasSize(1);
  }

  @Test
  void shouldNotGoByTheAnswersForALeadThatGaveUp() {
    lanes.append(ONE, clock.millis() - 150_000, toChannel(1, "scores", "e1"));
    lanes.append(ONE, clock.millis() - 100_000, toChannel(1, "scores", "e1")); // again
    lanes.append(ONE, clock.millis(), toChannel(2, "scores", "e2"));
    CatchUpSession gone = offer(ONE, "scores", 2, 3);
    catchUp.turn(); // where its fold starts is known: at the last one
    gone.cancel();
    CatchUpSession before = offer(ONE, "scores", 1, 3);

    catchUp.settle();

    assertThat(offsets(before)).as("the first is less than a minute before").containsExactly(2L);
  }

  @Test
  void shouldGoOnWithAFoldThatRetentionHasOvertaken() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(ONE, 2_000, 30_000); // 40 MB of the minute before
    writeLarge(ONE, 10, 0);
    CatchUpSession session = offer(ONE, "scores", 2_000, 2_010);
    catchUp.settle();
    assertThat(session.position()).as("it has not come there yet").isEqualTo(2_000);
    lanes.removeBelow(ONE, 1_900);

    offerAgain(session, 2_010);
    catchUp.settle();

    assertThat(session.isFailed()).isFalse();
    assertThat(offsets(session)).hasSize(10).startsWith(2_000L);
  }

  @Test
  void shouldGoOnWhereItWasWhenAnotherPartitionWasAsked() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(ONE, 600, 0); // a slice and a half
    writeLarge(TWO, 10, 0);
    CatchUpSession one = offer(ONE, "prices", 0, 600);
    catchUp.turn();
    catchUp.turn();
    assertThat(returned).isEmpty();
    catchUp.consumer().holdAnswers();
    CatchUpSession two = offer(TWO, "scores", 0, 10);
    catchUp.turn(); // the first goes on meanwhile
    catchUp.consumer().releaseAnswers();

    catchUp.settle();

    assertThat(returned).containsExactly(one, two);
    assertThat(one.position()).isEqualTo(600);
    assertThat(offsets(two)).hasSize(10);
  }

  @Test
  void shouldFailWhoseLeaderIsGoneDuringALap() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(ONE, 600, 0);
    CatchUpSession session = offer(ONE, "prices", 0, 600);
    catchUp.turn();
    catchUp.turn();
    lanes.loseLeader(ONE);

    catchUp.turn();

    assertThat(returned).containsExactly(session);
    assertThat(session.isFailed()).as("to be asked for later, not at once").isTrue();
  }

  @Test
  void shouldGiveBackWhoWantsMoreThanTheLogHas() {
    writeLarge(ONE, 10, 0);
    CatchUpSession session = offer(ONE, "prices", 0, 100);

    catchUp.settle();

    assertThat(returned).containsExactly(session);
    assertThat(session.isFailed()).isFalse();
    assertThat(session.position()).isEqualTo(10);
  }

  @Test
  void shouldNotLetOneThatFindsNothingHoldUpOneThatFindsMuch() {
    catchUp.consumer().setMaxRecordsOfAPartition(50);
    writeLarge(ONE, 1_500, 0); // 30 MB
    CatchUpSession nothing = offer(ONE, "prices", 0, 1_500);
    CatchUpSession much = offer(ONE, "scores", 0, 1_500);
    while (returned.isEmpty()) {
      catchUp.turn();
    }
    assertThat(returned).containsExactly(much);

    offerAgain(much, 1_500);
    catchUp.settle();

    assertThat(returned).containsExactly(much, nothing, much);
    assertThat(catchUp.scannedBytes()).isLessThan(20_000_000);
    assertThat(nothing.position()).isLessThan(1_500);
  }

  private CatchUpSession offer(LanePartition partition, String channel, long position, long end) {
    CatchUpSession session =
        new CatchUpSession(partition, position, Set.of(channel), returned::add);
    offerAgain(session, end);
    return session;
  }

  private void offerAgain(CatchUpSession session, long end) {
    session.join(HandCatchUp.logFrom(end));
    catchUp.offer(session);
  }

  private void writeLarge(LanePartition partition, int count, long ageMs) {
    for (int i = 0; i < count; i++) {
      long sourceOffset = lanes.end(partition);
      Delivery.Builder delivery = toChannel(sourceOffset, "scores", "e").toBuilder();
      delivery.getEventBuilder().setData(ByteString.copyFrom(new byte[LARGE]));
      lanes.append(partition, clock.millis() - ageMs, delivery.build());
    }
  }

  private static List<Long> offsets(CatchUpSession session) {
    return session.entries().stream().map(LogEntry::offset).toList();
  }
}
