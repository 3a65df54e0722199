package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.delivery.CapturingTransport.Sent;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From any cursor: live at once, by catch-up from Kafka, or with a gap told. */
class ResumeTest {
  private static final int SMALL_LOG = 60_000;

  private Edge edge = new Edge();

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldResumeWithinTheWindow(Transport.Kind kind) {
    edge.sse(edge.a);
    edge.settle();
    write(10, 0);
    edge.settle();

    CapturingTransport client = resume(kind, 4);
    edge.settle();
    write(2, 10);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(4, 12));
    assertThat(edge.catchUp.offered()).as("the window reaches back: no Kafka").isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldCatchUpFromBelowTheWindowAndJoinIt(Transport.Kind kind) {
    write(300, 0);
    CapturingTransport client = resume(kind, 17);
    edge.settle();
    write(3, 300);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(17, 303));
    assertThat(edge.catchUp.offered()).isPositive();
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
    assertThat(client.sent().getFirst().notice())
        .isEqualTo(new Notice.Opened(client.sent().getFirst().cursor(), null));
    assertThat(position(client.sent().getFirst().cursor(), edge.partition(edge.a))).isEqualTo(17);
  }

  @Test
  void shouldTellPositionsThatLoseNothingWhereverItIsCut() {
    write(120, 0);
    CapturingTransport client = resume(Transport.Kind.SSE, 0).withTurnLimit(7);
    edge.settle();
    List<Sent> sent = client.sent();

    assertThat(client.events()).isEqualTo(ids(0, 120));
    for (int cut = 0; cut < sent.size(); cut += 11) {
      long seen = sent.subList(0, cut + 1).stream().filter(s -> s.id() != null).count();
      assertThat(position(sent.get(cut).cursor(), edge.partition(edge.a))).isEqualTo(seen);
    }
  }

  @Test
  void shouldJoinWhileTheWindowMovesOn() {
    edge = new Edge(SMALL_LOG);
    edge.tail.consumer().setMaxRecordsOfAPartition(20);
    edge.catchUp.consumer().setMaxRecordsOfAPartition(15);
    edge.sse(edge.a);
    edge.settle();
    write(500, 0);
    edge.settle();
    CapturingTransport client = resume(Transport.Kind.SSE, 3);

    int written = 500;
    for (int round = 0; round < 100; round++) {
      write(1, written++);
      edge.tail.turn();
      edge.step();
      edge.catchUp.turn();
    }
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(3, written));
  }

  @Test
  void shouldSendASlowReaderBackToKafkaAndLetItRejoin() {
    edge = new Edge(SMALL_LOG);
    edge.tail.consumer().setMaxRecordsOfAPartition(20);
    CapturingTransport slow = edge.sse(edge.a);
    CapturingTransport fast = edge.sse(edge.a);
    edge.settle();
    slow.stall();
    write(1, 0);
    edge.settle();
    for (int i = 1; i < 600; i++) {
      write(1, i);
      edge.settle();
    }
    assertThat(fast.events()).isEqualTo(ids(0, 600));
    assertThat(edge.catchUp.offered()).isZero();

    slow.release();
    edge.settle();
    assertThat(edge.catchUp.offered()).as("the window had moved past it").isPositive();
    int asked = edge.catchUp.offered();
    write(5, 600);
    edge.settle();

    assertThat(slow.events()).isEqualTo(ids(0, 605));
    assertThat(slow.notices(Notice.Gap.class)).isEmpty();
    assertThat(edge.catchUp.offered()).as("live again").isEqualTo(asked);
  }

  @Test
  void shouldReadNoFurtherForAReaderThatDoesNotTakeItsChunk() {
    write(2_000, 0);
    CapturingTransport client = resume(Transport.Kind.SSE, 0).withTurnLimit(10);
    client.stall();
    edge.settle();
    edge.settle();

    assertThat(edge.catchUp.offered()).isLessThanOrEqualTo(1);
    client.release();
    for (int i = 0; i < 30; i++) {
      edge.settle();
    }
    assertThat(client.events()).isEqualTo(ids(0, 2_000));
  }

  @Test
  void shouldDropRepetitionsAcrossCatchUpAndJoin() {
    long source = edge.nextSource();
    for (int copy = 0; copy < 3; copy++) {
      for (int i = 0; i < 20; i++) {
        edge.lanes.append(
            edge.partition(edge.a),
            edge.clock.millis(),
            Stamped.toChannel(source + i, edge.a, "e" + i));
      }
    }
    CapturingTransport fromTheStart = resume(Transport.Kind.SSE, 0);
    CapturingTransport fromTheMiddle = resume(Transport.Kind.SSE, 10);
    CapturingTransport fromTheCopies = resume(Transport.Kind.SSE, 35);
    edge.settle();
    for (int i = 0; i < 22; i++) {
      edge.lanes.append(
          edge.partition(edge.a),
          edge.clock.millis(),
          Stamped.toChannel(source + i, edge.a, "e" + i));
    }
    edge.settle();

    assertThat(fromTheStart.events()).isEqualTo(ids(0, 22));
    assertThat(fromTheMiddle.events()).isEqualTo(ids(10, 22));
    assertThat(fromTheCopies.events()).isEqualTo(ids(20, 22));
  }

  @Test
  void shouldKeepTryingWhenKafkaDoesNotAnswer() {
    write(20, 0);
    edge.catchUp.consumer().setFailure(new TimeoutException("gone"));
    CapturingTransport client = resume(Transport.Kind.SSE, 5);
    edge.settle();
    edge.pass(Duration.ofSeconds(3));
    assertThat(client.events()).isEmpty();

    edge.catchUp.consumer().setFailure(null);
    edge.pass(Duration.ofSeconds(1));
    edge.pass(Duration.ofSeconds(1));

    assertThat(client.events()).isEqualTo(ids(5, 20));
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldWriteWhatCameBeforeKafkaAnsweredNoMore(Transport.Kind kind) {
    edge.catchUp.consumer().setMaxRecordsOfAPartition(4);
    edge.catchUp.consumer().setReadFailure(new TimeoutException("gone"), 4);
    write(20, 0);
    CapturingTransport client = resume(kind, 5);
    edge.settle();
    if (kind == Transport.Kind.HISTORY) {
      edge.pass(Duration.ofSeconds(15)); // by then it is answered with what there is
    }

    assertThat(client.events()).isNotEmpty().isEqualTo(ids(5, 5 + client.events().size()));
  }

  @Test
  void shouldOfferAgainWhatAFullQueueRefused() {
    write(20, 0);
    edge.catchUp.setRefusing(true);
    CapturingTransport client = resume(Transport.Kind.SSE, 5);
    edge.settle();
    edge.catchUp.setRefusing(false);
    edge.pass(Duration.ofSeconds(1));

    assertThat(client.events()).isEqualTo(ids(5, 20));
  }

  // ---- gaps

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldTellOfWhatRetentionRemovedBeforeAnythingNewer(Transport.Kind kind) {
    write(20, 0);
    edge.lanes.removeBelow(edge.partition(edge.a), 12);
    CapturingTransport client = resume(kind, 5);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(12, 20));
    assertThat(client.notices(Notice.Gap.class))
        .containsExactly(
            new Notice.Gap(
                List.of(edge.a),
                null,
                Instant.ofEpochMilli(edge.clock.millis()),
                Notice.Gap.Reason.RETENTION,
                cursor(edge.partition(edge.a), 12)));
    assertGapsComeFirst(client);
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldGoOnAtTheEndOfALogThatIsShorterThanTheCursor(Transport.Kind kind) {
    write(5, 0);
    CapturingTransport client = resume(kind, 9);
    edge.settle();
    write(2, 5);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .containsExactly(
            new Notice.Gap(
                List.of(edge.a),
                null,
                null,
                Notice.Gap.Reason.TRUNCATED,
                cursor(edge.partition(edge.a), 5)));
    assertThat(client.events()).isEqualTo(ids(5, 7));
  }

  @Test
  void shouldAskTheLeaderWhenItsOwnWindowIsBehindTheCursor() {
    edge.sse(edge.a);
    edge.settle();
    edge.tail.consumer().setMaxRecordsOfAPartition(0);
    write(8, 0);
    edge.settle();

    CapturingTransport client = resume(Transport.Kind.SSE, 6);
    edge.settle();
    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
    edge.tail.consumer().setMaxRecordsOfAPartition(100);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(6, 8));
  }

  @Test
  void shouldAskTheLeaderAgainWhenTheTailsQueueWasFull() {
    edge.sse(edge.a);
    edge.settle();
    edge.tail.setRefusing(true);
    CapturingTransport client = resume(Transport.Kind.SSE, 6);
    edge.settle();
    edge.tail.setRefusing(false);
    edge.pass(Duration.ofSeconds(1));
    edge.settle();

    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
    assertThat(client.notices(Notice.Gap.class)).hasSize(1);
  }

  @Test
  void shouldTellOfACursorOfAnotherCluster() {
    write(5, 0);
    String foreign = "zzz~u1-0.4~c1-1.2~c1-2.3";
    CapturingTransport client =
        edge.register(Transport.Kind.SSE, anybody("ann"), foreign, 0, edge.a, edge.c);
    edge.settle();
    write(1, 5);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .allMatch(gap -> gap.reason() == Notice.Gap.Reason.GENERATION)
        .extracting(Notice.Gap::channels)
        .containsExactlyInAnyOrder(
            List.of(), List.of("$broadcast"), List.of(edge.a), List.of(edge.c));
    assertThat(client.events()).containsExactly("e5");
    assertGapsComeFirst(client);
    int lastGap = indexOfLastGap(client);
    assertThat(client.sent().subList(0, lastGap))
        .as("a client that is cut before it heard of every loss comes back with its old cursor")
        .isNotEmpty()
        .allMatch(sent -> sent.cursor().equals(foreign));
    assertThat(client.notices(Notice.Opened.class))
        .extracting(Notice.Opened::cursor)
        .containsExactly(foreign);
    assertThat(client.sent().subList(lastGap, client.sent().size()))
        .allMatch(sent -> sent.cursor().startsWith(Edge.TAG));
  }

  @Test
  void shouldTellOfALossBeforeItSaysWhereASubscriptionStarts() {
    write(5, 0);
    CapturingTransport client = edge.socket();
    edge.settle();

    edge.proxy.offerSubscribe(client, 1, edge.a, Edge.at("zzz~c1-1.2"), 0);
    edge.settle();

    List<Notice> told = client.sent().stream().map(CapturingTransport.Sent::notice).toList();
    assertThat(told)
        .extracting(notice -> notice.getClass().getSimpleName())
        .containsExactly("Opened", "Gap", "Subscribed");
  }

  @Test
  void shouldTellOfAGenerationThatTheSlotMapDoesNotKnow() {
    LanePartition unknown = new LanePartition(Lane.CHANNELS, 2, 1);
    CapturingTransport client = edge.sseFrom(cursor(unknown, 7, edge.broadcast(), 0), edge.a);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason, Notice.Gap::channels)
        .containsExactly(tuple(Notice.Gap.Reason.GENERATION, List.of(edge.a)));
  }

  @Test
  void shouldTellAllGapsBeforeACursorSaysThatTheyArePassed() {
    write(10, 0);
    for (int i = 0; i < 10; i++) {
      edge.toChannelLane(edge.c, "c" + i);
    }
    edge.lanes.removeBelow(edge.partition(edge.a), 8);
    edge.lanes.removeBelow(edge.partition(edge.c), 8);
    CapturingTransport client = new CapturingTransport(Transport.Kind.SSE).withTurnLimit(1);
    edge.register(
        client,
        anybody(null),
        cursor(edge.partition(edge.a), 2, edge.partition(edge.c), 2),
        0,
        edge.a,
        edge.c);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).hasSize(2);
    for (LanePartition partition : List.of(edge.partition(edge.a), edge.partition(edge.c))) {
      int told =
          IntStream.range(0, client.sent().size())
              .filter(
                  i ->
                      client.sent().get(i).notice() instanceof Notice.Gap gap
                          && position(gap.cursor(), partition) == 8)
              .findFirst()
              .orElseThrow();
      assertThat(client.sent().subList(0, told))
          .as("a client that is cut before it was told comes back to the gap")
          .allMatch(sent -> position(sent.cursor(), partition) <= 2);
    }
  }

  private static void assertGapsComeFirst(CapturingTransport client) {
    assertThat(client.sent().subList(0, indexOfLastGap(client)))
        .allMatch(sent -> sent.id() == null);
  }

  private static int indexOfLastGap(CapturingTransport client) {
    return IntStream.range(0, client.sent().size())
        .filter(i -> client.sent().get(i).notice() instanceof Notice.Gap)
        .max()
        .orElseThrow();
  }

  // ---- a log that was given up

  @Test
  void shouldGoOnWhereItWasWhenTheTailLosesItsLog() {
    CapturingTransport client = edge.sse(edge.a, edge.c);
    edge.settle();
    write(5, 0);
    edge.toChannelLane(edge.b, "for others");
    edge.settle();
    // Retention overtakes the tail, but not the client: it has all that is gone.
    edge.tail.consumer().setMaxRecordsOfAPartition(0);
    edge.lanes.skip(edge.partition(edge.a), 4);
    edge.lanes.removeBelow(edge.partition(edge.a), 10);
    write(3, 5);
    edge.step();
    edge.tail.turn();
    edge.tail.consumer().setMaxRecordsOfAPartition(100);
    edge.settle();
    write(2, 8);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(0, 10));
  }

  @Test
  void shouldNameEveryPartitionInItsCursorWhileALogIsOpenedAnew() {
    CapturingTransport client = edge.sse(edge.a, edge.c);
    edge.settle();
    write(5, 0);
    edge.settle();
    edge.lanes.removeFrom(edge.partition(edge.a), 2);
    edge.tail.turn();
    edge.tail.consumer().setFailure(new TimeoutException("the leader is gone"));
    edge.step();
    edge.step();
    // The client's next event comes from another partition meanwhile.
    edge.tail.consumer().setFailure(null);
    edge.toChannelLane(edge.c, "c0");
    edge.tail.setRefusing(true);
    edge.tail.turn();
    edge.step();
    edge.step();

    Sent last = client.sent().getLast();
    assertThat(last.id()).isEqualTo("c0");
    assertThat(position(last.cursor(), edge.partition(edge.a)))
        .as("a resume by this cursor must not begin at the present there")
        .isEqualTo(5);
  }

  @Test
  void shouldNotTakeALeadersAnswerFromBeforeALogWasLostForOneAboutTheNext() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    edge.tail.consumer().setMaxRecordsOfAPartition(0);
    write(4, 8);
    edge.tail.consumer().holdAnswers();
    CapturingTransport client = resume(Transport.Kind.SSE, 10);
    edge.step();
    edge.tail.turn();
    // The leader has said 12; its tail is lost before the answer is there.
    edge.lanes.removeFrom(edge.partition(edge.a), 5);
    edge.tail.turn();
    edge.step();
    keepBusyForACycle();
    edge.tail.consumer().releaseAnswers();
    edge.tail.turn();
    edge.tail.turn();
    edge.step(); // the new log comes before the old answer

    edge.tail.consumer().setMaxRecordsOfAPartition(100);
    edge.settle();
    write(8, 20);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason, Notice.Gap::cursor)
        .containsExactly(tuple(Notice.Gap.Reason.TRUNCATED, cursor(edge.partition(edge.a), 5)));
    assertThat(client.events()).isEqualTo(ids(20, 28));
  }

  /** What the agent is told from now on waits for its next cycle but one. */
  private void keepBusyForACycle() {
    CapturingTransport nobody = new CapturingTransport(Transport.Kind.SSE);
    for (int i = 0; i < DeliveryAgent.COMMANDS_PER_CYCLE; i++) {
      edge.proxy.offerClosed(nobody);
    }
  }

  private CapturingTransport resume(Transport.Kind kind, long offset) {
    return edge.register(kind, anybody(null), cursor(edge.partition(edge.a), offset), 0, edge.a);
  }

  private void write(int count, int firstId) {
    for (int i = 0; i < count; i++) {
      edge.toChannelLane(edge.a, "e" + (firstId + i));
    }
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }
}
