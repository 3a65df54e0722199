package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long polls: answered at once, held, and with the cursor of what was not examined. */
class PollTest {
  private final Edge edge = new Edge();

  @Test
  void shouldAnswerAPollWithoutACursorAtOnce() {
    write(5, 0);
    CapturingTransport poll = edge.poll(null, 25_000, edge.a);
    edge.settle();

    assertThat(poll.turns()).containsExactly(0);
    assertThat(position(poll.lastCursor(), edge.partition(edge.a))).isEqualTo(5);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldAnswerAPollAtOnceWhenThereIsSomethingAfterItsCursor() {
    write(5, 0);
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 3), 25_000, edge.a);
    edge.settle();

    assertThat(poll.events()).isEqualTo(ids(3, 5));
    assertThat(position(poll.lastCursor(), edge.partition(edge.a))).isEqualTo(5);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldHoldAPollUntilSomethingComes() {
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 0), 25_000, edge.a);
    edge.settle();
    edge.toChannelLane(edge.b, "for others");
    edge.pass(Duration.ofSeconds(10));
    assertThat(poll.turns()).isEmpty();

    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    assertThat(poll.events()).containsExactly("e0");
    assertThat(position(poll.lastCursor(), edge.partition(edge.a))).isEqualTo(2);
  }

  @Test
  void shouldAnswerAPollWhoseWaitIsOverWithTheMovedCursor() {
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 0), 10_000, edge.a);
    edge.settle();
    edge.toChannelLane(edge.b, "for others");
    edge.settle();
    edge.pass(Duration.ofMillis(9_900));
    assertThat(poll.turns()).isEmpty();

    edge.pass(Duration.ofMillis(150));

    assertThat(poll.turns()).containsExactly(0);
    assertThat(position(poll.lastCursor(), edge.partition(edge.a))).isEqualTo(1);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldAnswerAPollThatDoesNotWaitWithWhatKafkaHolds() {
    write(40, 0);
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 10), 0, edge.a);
    edge.settle();

    assertThat(poll.events()).isEqualTo(ids(10, 40));
  }

  @Test
  void shouldBeginTheNextPollAtTheFirstRecordLeftOut() {
    write(10, 0);
    List<String> all = new ArrayList<>();
    String next = cursor(edge.partition(edge.a), 0);
    for (int i = 0; i < 4; i++) {
      CapturingTransport poll = new CapturingTransport(Transport.Kind.POLL).withTurnLimit(3);
      edge.register(poll, anybody(null), next, 0, edge.a);
      edge.settle();
      all.addAll(poll.events());
      next = poll.lastCursor();
      assertThat(position(next, edge.partition(edge.a))).isEqualTo(Math.min(10, 3L * (i + 1)));
    }

    assertThat(all).isEqualTo(ids(0, 10));
  }

  @Test
  void shouldTellAPollOfAGap() {
    write(10, 0);
    edge.lanes.removeBelow(edge.partition(edge.a), 7);
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 1), 25_000, edge.a);
    edge.settle();

    assertThat(poll.notices(Notice.Gap.class)).hasSize(1);
    if (poll.events().isEmpty()) {
      CapturingTransport again = edge.poll(poll.lastCursor(), 25_000, edge.a);
      edge.settle();
      assertThat(again.events()).isEqualTo(ids(7, 10));
    } else {
      assertThat(poll.events()).isEqualTo(ids(7, 10));
    }
  }

  @Test
  void shouldNotHoldAPollForEverWhenKafkaDoesNotAnswer() {
    edge.tail.consumer().setFailure(new TimeoutException("gone"));
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 1), 5_000, edge.a);
    edge.settle();
    edge.pass(Edge.HEARTBEAT);
    edge.pass(Edge.HEARTBEAT);

    assertThat(poll.closed()).isEqualTo(DisconnectReason.OVERLOADED);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldRatherEndAPollThanAnswerItBeforeKafkaWasReadAtAll() {
    write(5, 0);
    edge.catchUp.consumer().setFailure(new TimeoutException("gone"));
    CapturingTransport poll = edge.poll(cursor(edge.partition(edge.a), 1), 5_000, edge.a);
    edge.settle();
    edge.pass(Edge.HEARTBEAT);
    edge.pass(Edge.HEARTBEAT);

    assertThat(poll.turns()).as("an answer would say that there is nothing").isEmpty();
    assertThat(poll.closed()).isEqualTo(DisconnectReason.OVERLOADED);
    assertThat(edge.open()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldComeToEveryPartitionInTheEndHoweverMuchTheOthersHold(boolean busyFirst) {
    boolean inOrder = edge.partition(edge.a).compareTo(edge.partition(edge.c)) < 0;
    String busy = busyFirst == inOrder ? edge.a : edge.c;
    String quiet = busyFirst == inOrder ? edge.c : edge.a;
    edge.toChannelLane(quiet, "quiet");
    int written = write(busy, 3, 0);
    String next = cursor(edge.broadcast(), 0, edge.partition(edge.a), 0, edge.partition(edge.c), 0);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 100 && !all.contains("quiet"); i++) {
      written += write(busy, 3, written);
      CapturingTransport poll = new CapturingTransport(Transport.Kind.POLL).withTurnLimit(3);
      edge.register(poll, anybody(null), next, 0, edge.a, edge.c);
      edge.settle();
      all.addAll(poll.events());
      next = poll.lastCursor();
    }

    assertThat(all).contains("quiet");
    assertThat(all.stream().filter(id -> id.startsWith("e"))).isEqualTo(ids(0, all.size() - 1));
  }

  private int write(String channel, int count, int firstId) {
    for (int i = 0; i < count; i++) {
      edge.toChannelLane(channel, "e" + (firstId + i));
    }
    return count;
  }

  private void write(int count, int firstId) {
    write(edge.a, count, firstId);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }
}
