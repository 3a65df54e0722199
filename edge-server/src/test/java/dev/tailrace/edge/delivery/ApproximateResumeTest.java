package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.at;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.decoded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors that count in another log, and the time that they carry. */
class ApproximateResumeTest {
  private final Edge edge = new Edge();
  private final LanePartition partition = edge.partition(edge.a);

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldGoOnByTheTimeOfACursorOfElsewhere(Transport.Kind kind) {
    edge.toChannelLane(edge.a, "long before");
    edge.clock.advance(Duration.ofSeconds(60));
    edge.toChannelLane(edge.a, "just before");
    edge.clock.advance(Duration.ofSeconds(10));
    Instant made = edge.clock.instant();
    edge.clock.advance(Duration.ofSeconds(10));
    edge.toChannelLane(edge.a, "after");

    CapturingTransport client = edge.from(kind, elsewhere(made.getEpochSecond()), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("just before", "after");
    assertThat(client.notices(Notice.Gap.class))
        .filteredOn(gap -> gap.channels().contains(edge.a))
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.reason()).isEqualTo(Notice.Gap.Reason.GENERATION);
              assertThat(gap.approximate()).isTrue();
              assertThat(gap.from()).isEqualTo(made);
              assertThat(Edge.position(gap.cursor(), partition)).isEqualTo(1);
            });
    int told = indexOfGap(client);
    assertThat(client.sent().subList(told, client.sent().size()))
        .extracting(CapturingTransport.Sent::id)
        .containsSubsequence(null, "just before", "after");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4_700_000_000_000_000_000L, 9_999_999_999L})
  void shouldTakeAnyTime(long seconds) {
    edge.toChannelLane(edge.a, "a0");

    CapturingTransport client = edge.from(Transport.Kind.SSE, elsewhere(seconds), null, edge.a);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).isNotEmpty().allMatch(Notice.Gap::approximate);
    assertThat(client.events()).containsExactly("a0");
  }

  @Test
  void shouldGoOnAtThePresentWithoutATime() {
    edge.toChannelLane(edge.a, "before");

    CapturingTransport client = edge.sseFrom("zzz~c1-1.2", edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "after");
    edge.settle();

    assertThat(client.events()).containsExactly("after");
    assertThat(client.notices(Notice.Gap.class)).noneMatch(Notice.Gap::approximate);
  }

  @Test
  void shouldTellNoCursorOfThisLogBeforeTheGap() {
    edge.toChannelLane(edge.a, "a0");
    StartPosition elsewhere = elsewhere(edge.clock.instant().getEpochSecond());
    CapturingTransport client = edge.from(Transport.Kind.SSE, elsewhere, null, edge.a);
    edge.settle();

    assertThat(client.sent().subList(0, indexOfGap(client)))
        .extracting(CapturingTransport.Sent::cursor)
        .allMatch(cursor -> cursor.startsWith("zzz"));
    assertThat(client.lastCursor()).startsWith(Edge.TAG);
  }

  @Test
  void shouldNotBelieveATimeThatIsYetToCome() {
    long now = edge.clock.instant().getEpochSecond();
    CapturingTransport client = edge.from(Transport.Kind.SSE, elsewhere(now + 3_600), null, edge.a);
    edge.settle();
    assertThat(client.notices(Notice.Gap.class))
        .isNotEmpty()
        .extracting(Notice.Gap::from)
        .containsOnly(edge.clock.instant());

    StartPosition ahead = at(cursor(partition, 0) + "~t" + Long.toString(now + 3_600, 36));
    CapturingTransport same = edge.from(Transport.Kind.SSE, ahead, null, edge.a);
    edge.settle();
    assertThat(basis(same)).isLessThanOrEqualTo(now);
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.Kind.class,
      names = {"SSE", "WEBSOCKET"})
  void shouldOpenWithACursorThatHasATime(Transport.Kind kind) {
    CapturingTransport client = edge.register(kind, Edge.anybody("ann"), null, 0, edge.a);
    edge.settle();

    assertThat(client.sent().getFirst().notice()).isInstanceOf(Notice.Opened.class);
    assertThat(decoded(client.sent().getFirst().cursor()).basisSeconds())
        .hasValue(edge.clock.instant().getEpochSecond());
  }

  @Test
  void shouldClaimNoTimeAtWhichKafkaDidNotAnswer() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    long known = basis(client);
    edge.lanes.loseLeader(partition);
    edge.pass(Duration.ofMinutes(2));

    assertThat(client.notices(Notice.CursorHeartbeat.class)).isNotEmpty();
    assertThat(basis(client)).isBetween(known, known + 10);
  }

  @Test
  void shouldCarryTheTimeUpToWhichAllWasGiven() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    long started = edge.clock.instant().getEpochSecond();
    assertThat(basis(client)).isEqualTo(started);

    edge.pass(Duration.ofSeconds(40)); // a heartbeat
    assertThat(basis(client))
        .isBetween(
            edge.clock.instant().getEpochSecond() - 40, edge.clock.instant().getEpochSecond())
        .isGreaterThan(started);
    client.stall();
    edge.toChannelLane(edge.a, "a0");
    edge.settle();
    long written = edge.clock.instant().getEpochSecond();
    edge.toChannelLane(edge.a, "a1");
    edge.clock.advance(Duration.ofMinutes(5));
    edge.settle();
    client.releaseOne();

    assertThat(basis(client))
        .as("nothing says that what came meanwhile was given")
        .isBetween(written - 40, written);
  }

  @Test
  void shouldKeepTheTimeOfAResumeUntilThereIsMore() {
    edge.toChannelLane(edge.a, "a0");
    edge.catchUp.setRefusing(true);
    StartPosition old = at(cursor(partition, 0) + "~tabc");
    CapturingTransport client = edge.from(Transport.Kind.SSE, old, null, edge.a);
    edge.settle();

    assertThat(basis(client)).isEqualTo(Long.parseLong("abc", 36));
  }

  @Test
  void shouldNotPutTheTimeOfNowIntoAnAnswerThatMayBeKept() {
    edge.toChannelLane(edge.a, "a0");
    edge.clock.advance(Duration.ofSeconds(100));
    String first = history().lastCursor();
    edge.clock.advance(Duration.ofSeconds(100));

    assertThat(history().lastCursor()).isEqualTo(first);
  }

  private CapturingTransport history() {
    CapturingTransport history =
        edge.history(
            new CapturingTransport(Transport.Kind.HISTORY),
            at(cursor(partition, 0)),
            ConnectionRequest.PRESENT,
            null,
            edge.a);
    edge.settle();
    assertThat(history.events()).containsExactly("a0");
    return history;
  }

  private static StartPosition elsewhere(long seconds) {
    return at("zzz~c1-1.2~t" + Long.toString(seconds, 36));
  }

  private static long basis(CapturingTransport client) {
    return decoded(client.sent().getLast().cursor()).basisSeconds().orElse(-1);
  }

  private int indexOfGap(CapturingTransport client) {
    for (int i = 0; i < client.sent().size(); i++) {
      if (client.sent().get(i).notice() instanceof Notice.Gap gap
          && gap.channels().contains(edge.a)) {
        return i;
      }
    }
    throw new AssertionError("no gap");
  }
}
