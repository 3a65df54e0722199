package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.at;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies between two positions, given at once. */
class HistoryTest {
  private static final long PRESENT = ConnectionRequest.PRESENT;

  private final Edge edge = new Edge();
  private final LanePartition partition = edge.partition(edge.a);

  @Test
  void shouldGiveAllUpToThePresentAndEnd() {
    write(5);

    CapturingTransport history = history(StartPosition.EARLIEST, PRESENT, edge.a);
    edge.settle();

    assertThat(history.events()).isEqualTo(ids(0, 5));
    assertThat(isComplete(history)).isTrue();
    assertThat(position(history.lastCursor(), partition)).isEqualTo(5);
    assertThat(edge.open()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldEndBeforeATime(boolean inTheWindow) {
    if (inTheWindow) {
      edge.sse(edge.a);
      edge.settle();
    }
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.toChannelLane(edge.b, "for others");
      edge.clock.advance(Duration.ofSeconds(10));
    }
    edge.settle();

    CapturingTransport history = history(new StartPosition.Since(ago(50)), ago(20), edge.a);
    edge.settle();

    assertThat(history.events()).isEqualTo(ids(1, 4));
    assertThat(isComplete(history)).isTrue();
    assertThat(position(history.lastCursor(), partition)).isEqualTo(8);
  }

  @Test
  void shouldReadNoMoreOfKafkaThanItIsAskedFor() {
    Edge other = new Edge();
    for (int i = 0; i < 2_000; i++) {
      other.toChannelLane(other.a, "e" + i);
      other.clock.advance(Duration.ofSeconds(1));
    }
    other.catchUp.consumer().setMaxRecordsOfAPartition(20);
    long now = other.clock.millis();

    CapturingTransport history =
        other.history(
            new CapturingTransport(Transport.Kind.HISTORY),
            new StartPosition.Since(now - 2_000_000),
            now - 1_990_000,
            null,
            other.a);
    other.settle();

    assertThat(history.events()).isEqualTo(ids(0, 10));
    assertThat(other.catchUp.scannedBytes())
        .isLessThan(other.lanes.bytes(other.partition(other.a)) / 50);
  }

  @Test
  void shouldGiveTheLastBeforeATime() {
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.clock.advance(Duration.ofSeconds(10));
    }

    CapturingTransport history = history(new StartPosition.Last(2), ago(20), edge.a);
    edge.settle();

    assertThat(history.events()).isEqualTo(ids(2, 4));
    assertThat(isComplete(history)).isTrue();
  }

  @Test
  void shouldGiveTheRestPageByPage() {
    write(10);
    edge.toChannelLane(edge.c, "c0");
    List<String> all = new ArrayList<>();
    StartPosition from = StartPosition.EARLIEST;
    List<Integer> sizes = new ArrayList<>();
    boolean complete = false;
    while (!complete && sizes.size() < 10) {
      CapturingTransport page = new CapturingTransport(Transport.Kind.HISTORY).withTurnLimit(4);
      edge.history(page, from, PRESENT, null, edge.a, edge.c);
      edge.settle();
      all.addAll(page.events());
      from = at(page.lastCursor());
      complete = isComplete(page);
      sizes.add(page.events().size());
    }

    assertThat(sizes).containsExactly(4, 4, 3);
    assertThat(all).containsExactlyInAnyOrderElementsOf(plus(ids(0, 10), "c0"));
  }

  @Test
  void shouldTellItsOwnCursorThoughAnotherWasFilledBefore() {
    edge.sse(edge.a);
    edge.settle();
    write(3);
    for (int i = 0; i < 4; i++) {
      edge.toChannelLane(edge.c, "c" + i);
    }
    edge.lanes.removeBelow(edge.partition(edge.c), 2);
    edge.settle();
    CapturingTransport page =
        history(at(cursor(partition, 0, edge.partition(edge.c), 0)), PRESENT, edge.a, edge.c);
    for (int i = 0; i < 20; i++) {
      edge.toChannelLane(edge.a, "for the stream");
      edge.tail.turn();
      edge.step();
      edge.catchUp.turn();
      edge.step();
    }

    assertThat(page.events()).startsWith("e0", "e1", "e2").doesNotContain("c2");
    assertThat(page.notices(Notice.Gap.class)).isEmpty();
    assertThat(position(page.lastCursor(), edge.partition(edge.c))).isZero();
    List<Notice.Gap> gaps = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CapturingTransport next = history(at(page.lastCursor()), PRESENT, edge.a, edge.c);
      edge.settle();
      gaps.addAll(next.notices(Notice.Gap.class));
      rest.addAll(next.events());
      page = next;
    }
    assertThat(gaps).extracting(Notice.Gap::reason).containsExactly(Notice.Gap.Reason.RETENTION);
    assertThat(rest).contains("c2", "c3");
  }

  @Test
  void shouldGiveWhatTheTailHasNotReadYet() {
    edge.sse(edge.a);
    edge.settle();
    write(3);
    edge.toChannelLane(edge.b, "for others");

    CapturingTransport all = history(StartPosition.EARLIEST, PRESENT, edge.a);
    CapturingTransport last = history(new StartPosition.Last(2), PRESENT, edge.a);
    edge.step();
    edge.catchUp.settle();
    edge.step();
    assertThat(all.turns()).isEmpty();
    edge.settle();

    assertThat(all.events()).isEqualTo(ids(0, 3));
    assertThat(last.events()).isEqualTo(ids(1, 3));
    assertThat(isComplete(all)).isTrue();
    assertThat(isComplete(last)).isTrue();
  }

  @Test
  void shouldBeOfWhatItNamesAlone() {
    write(2);
    edge.toChannelLane(Channels.BROADCAST, "all");
    edge.toUserLane("ann", "own");

    CapturingTransport named =
        edge.history(transport(), StartPosition.EARLIEST, PRESENT, "ann", edge.a);
    CapturingTransport own = edge.history(transport(), StartPosition.EARLIEST, PRESENT, "ann");
    edge.settle();

    assertThat(named.events()).isEqualTo(ids(0, 2));
    assertThat(own.events()).containsExactly("own");
  }

  @Test
  void shouldBeEmptyWhereThereIsNothing() {
    CapturingTransport history = history(StartPosition.EARLIEST, PRESENT, edge.a);
    CapturingTransport past = history(new StartPosition.Since(ago(50)), ago(60), edge.a);
    edge.settle();

    assertThat(history.events()).isEmpty();
    assertThat(isComplete(history)).isTrue();
    assertThat(isComplete(past)).isTrue();
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldNotMoveACursorBackThatLiesBehindItsEnd() {
    write(5);
    edge.clock.advance(Duration.ofSeconds(10));

    CapturingTransport history = history(at(cursor(partition, 4)), ago(20), edge.a);
    edge.settle();

    assertThat(history.events()).isEmpty();
    assertThat(position(history.lastCursor(), partition)).isEqualTo(4);
  }

  @Test
  void shouldTellWhatRetentionRemoved() {
    write(5);
    edge.lanes.removeBelow(partition, 3);

    CapturingTransport history = history(at(cursor(partition, 1)), PRESENT, edge.a);
    edge.settle();

    assertThat(history.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason)
        .containsExactly(Notice.Gap.Reason.RETENTION);
    assertThat(history.events()).isEqualTo(ids(3, 5));
  }

  @Test
  void shouldNotBeAnsweredBeforeKafkaWas() {
    write(5);
    edge.catchUp.consumer().setReadFailure(new TimeoutException("gone"));
    CapturingTransport history = history(at(cursor(partition, 1)), PRESENT, edge.a);
    edge.settle();
    edge.pass(Duration.ofSeconds(11));
    assertThat(history.turns()).isEmpty();

    edge.catchUp.consumer().setReadFailure(null);
    edge.pass(Duration.ofSeconds(1));

    assertThat(history.events()).isEqualTo(ids(1, 5));
  }

  @Test
  void shouldBeAnsweredInTimeWithWhatThereIs() {
    write(5);
    edge.sse(edge.c);
    edge.settle();
    edge.toChannelLane(edge.c, "c0");
    edge.settle();
    edge.catchUp.consumer().setReadFailure(new TimeoutException("gone"));
    CapturingTransport history =
        history(at(cursor(partition, 1, edge.partition(edge.c), 0)), PRESENT, edge.a, edge.c);
    edge.settle();
    edge.toChannelLane(edge.c, "c1"); // behind its end
    edge.pass(Duration.ofSeconds(11));
    assertThat(history.turns()).isEmpty();
    edge.pass(Duration.ofSeconds(5));

    assertThat(history.events()).containsExactly("c0");
    assertThat(isComplete(history)).isFalse();
    assertThat(position(history.lastCursor(), partition)).isEqualTo(1);
    assertThat(position(history.lastCursor(), edge.partition(edge.c))).isEqualTo(1);
    assertThat(edge.open()).isEqualTo(1);
  }

  @Test
  void shouldBeToldToComeBackWhenNobodyKnowsWhereItBegins() {
    edge.sse(edge.a);
    edge.settle();
    edge.tail.consumer().setFailure(new TimeoutException("no leader"));
    CapturingTransport history = history(StartPosition.EARLIEST, PRESENT, edge.a);
    edge.settle();
    edge.pass(Duration.ofSeconds(16));

    assertThat(history.turns()).isEmpty();
    assertThat(history.closed()).isEqualTo(DisconnectReason.OVERLOADED);
  }

  private CapturingTransport history(StartPosition start, long untilMs, String... channels) {
    return edge.history(transport(), start, untilMs, null, channels);
  }

  private static CapturingTransport transport() {
    return new CapturingTransport(Transport.Kind.HISTORY);
  }

  private static boolean isComplete(CapturingTransport history) {
    return !history.notices(Notice.Complete.class).isEmpty();
  }

  private long ago(int seconds) {
    return edge.clock.millis() - seconds * 1_000L;
  }

  private void write(int events) {
    for (int i = 0; i < events; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }

  private static List<String> plus(List<String> some, String more) {
    List<String> all = new ArrayList<>(some);
    all.add(more);
    return all;
  }
}
