package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Notice.Gap.Reason;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.delivery.CapturingTransport.Sent;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of a subscriber that does not read while the window moves past it. */
class SlowReaderTest {
  private static final long SMALL_LOG = 16 << 10;
  private static final int KEYS = 5;

  private Edge edge = new Edge();

  private void use(String policies) {
    edge = new Edge(SMALL_LOG, SlowPolicies.parse(policies));
    edge.tail.consumer().setMaxRecordsOfAPartition(20);
  }

  private void write(String channel, int from, int to) {
    for (int i = from; i < to; i++) {
      edge.toChannelLane(channel, "e" + i, "key-" + i % KEYS);
      edge.settle();
    }
  }

  /** A client that takes the first event and then nothing. */
  private CapturingTransport stalled(CapturingTransport client, String channel) {
    edge.settle();
    client.stall();
    write(channel, 0, 1);
    return client;
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(1));
  }

  @Test
  void shouldReplayByDefault() {
    use("");
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a);
    write(edge.a, 1, 600);

    slow.release();
    edge.settle();

    assertThat(slow.events()).isEqualTo(ids(0, 600));
    assertThat(edge.slow).containsOnly(SlowPolicy.REPLAY);
  }

  @Test
  void shouldSkipToTheLatestAndSaySo() {
    use("scores=skip");
    CapturingTransport fast = edge.sse(edge.a);
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a);
    write(edge.a, 1, 600);
    assertThat(fast.events()).isEqualTo(ids(0, 600));
    assertThat(slow.turns()).as("nothing is kept for it").hasSize(2);

    slow.release();
    edge.settle();
    write(edge.a, 600, 605);

    assertThat(slow.events().getFirst()).isEqualTo("e0");
    assertThat(slow.events().subList(1, 6)).isEqualTo(ids(600, 605));
    assertThat(edge.catchUp.offered()).as("Kafka is not read for it").isZero();
    assertThat(edge.slow).containsExactly(SlowPolicy.SKIP);
    Notice.Gap gap = slow.notices(Notice.Gap.class).getFirst();
    assertThat(slow.notices(Notice.Gap.class)).hasSize(1);
    assertThat(gap.reason()).isEqualTo(Reason.SKIPPED);
    assertThat(gap.channels()).containsExactly(edge.a);
    assertThat(position(gap.cursor(), edge.partition(edge.a))).isEqualTo(600);
    for (Sent sent : slow.sent()) {
      if (gap.equals(sent.notice())) {
        assertThat(position(sent.cursor(), edge.partition(edge.a))).isEqualTo(600);
        break;
      }
      assertThat(position(sent.cursor(), edge.partition(edge.a)))
          .as("no cursor lies past the gap before it is told")
          .isLessThanOrEqualTo(1);
    }
    CapturingTransport resumed = edge.sseFrom(gap.cursor(), edge.a);
    edge.settle();
    assertThat(resumed.events()).isEqualTo(ids(600, 605));
  }

  @Test
  void shouldConflateUntilCaughtUpAndSaySo() {
    use("scores=conflate");
    CapturingTransport fast = edge.sse(edge.a);
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a);
    write(edge.a, 1, 600);
    assertThat(fast.events()).isEqualTo(ids(0, 600));

    slow.release();
    edge.settle();

    List<String> conflated = List.copyOf(slow.events());
    assertThat(slow.notices(Notice.Conflated.class))
        .containsExactly(new Notice.Conflated(List.of(edge.a)));
    assertThat(slow.notices(Notice.Gap.class)).as("conflation is no gap").isEmpty();
    assertThat(conflated)
        .as("the newest of what Kafka had and of what the window has")
        .hasSizeBetween(1 + KEYS, 1 + 2 * KEYS)
        .endsWith("e595", "e596", "e597", "e598", "e599");
    assertThat(conflated.stream().map(SlowReaderTest::number).toList()).isSorted();
    int told = 0;
    for (Sent sent : slow.sent()) {
      if (sent.notice() instanceof Notice.Conflated) {
        assertThat(slow.sent().subList(0, told).stream().filter(s -> s.id() != null))
            .as("said before anything is left out")
            .hasSize(1);
      }
      told++;
    }

    write(edge.a, 600, 620);
    assertThat(slow.events()).as("caught up").hasSize(conflated.size() + 20);
  }

  @Test
  void shouldTellCursorsThatLoseNoNewestWhereverAConflatedClientIsCut() {
    use("scores=conflate");
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a).withTurnLimit(3);
    write(edge.a, 1, 600);
    slow.release();
    edge.settle();

    List<Sent> sent = slow.sent();
    for (int cut = 1; cut <= sent.size(); cut++) {
      long next = position(sent.get(cut - 1).cursor(), edge.partition(edge.a));
      List<String> seen =
          sent.subList(0, cut).stream().filter(s -> s.id() != null).map(Sent::id).toList();
      assertThat(seen).as("nothing twice").allMatch(id -> number(id) < next);
      for (String newest : ids(600 - KEYS, 600)) {
        assertThat(seen.contains(newest) || number(newest) >= next)
            .as("%s after a cut at %d", newest, cut)
            .isTrue();
      }
    }
  }

  @Test
  void shouldLeaveTheNewestOfAChannelWithoutKeys() {
    use("*=conflate");
    CapturingTransport slow = stalled(edge.sse(edge.a, edge.b), edge.a);
    for (int i = 1; i < 400; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
      edge.settle();
    }

    slow.release();
    edge.settle();

    assertThat(slow.events()).hasSizeBetween(3, 5).endsWith("e398", "e399");
  }

  @Test
  void shouldEndTheConnectionWhileItStillDoesNotRead() {
    use("scores=disconnect");
    CapturingTransport fast = edge.sse(edge.a);
    CapturingTransport slow = stalled(edge.socket(edge.a), edge.a);
    write(edge.a, 1, 10);
    edge.pass(Edge.HEARTBEAT);
    assertThat(slow.closed()).as("it is in the window yet").isNull();

    write(edge.a, 10, 600);
    edge.pass(Edge.HEARTBEAT);

    assertThat(slow.closed()).isEqualTo(DisconnectReason.LAGGING);
    assertThat(edge.open()).isEqualTo(1);
    assertThat(edge.slow).containsExactly(SlowPolicy.DISCONNECT);
    write(edge.a, 600, 605);
    assertThat(fast.events()).isEqualTo(ids(0, 605));
  }

  @Test
  void shouldEndTheConnectionWhenItReadsTooLate() {
    use("scores=disconnect");
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a);
    write(edge.a, 1, 600);

    slow.release();
    edge.settle();

    assertThat(slow.closed()).isEqualTo(DisconnectReason.LAGGING);
    assertThat(slow.events()).containsExactly("e0");
    CapturingTransport back = edge.sseFrom(slow.lastCursor(), edge.a);
    edge.settle();
    assertThat(back.events()).isEqualTo(ids(1, 600));
    assertThat(back.closed()).as("to resume is not to be slow").isNull();
  }

  @Test
  void shouldNotTouchAClientThatReadsInTime() {
    use("scores=skip");
    CapturingTransport slow = stalled(edge.sse(edge.a), edge.a);
    write(edge.a, 1, 10);

    slow.release();
    edge.settle();

    assertThat(slow.events()).isEqualTo(ids(0, 10));
    assertThat(edge.slow).isEmpty();
  }

  @Test
  void shouldLoseNothingOfAChannelByThePolicyOfAnother() {
    use("channel-*=skip");
    CapturingTransport stream = edge.sse(edge.a, edge.b);
    CapturingTransport socket = edge.socket(edge.a, edge.b);
    edge.settle();
    stream.stall();
    socket.stall();
    for (int i = 0; i < 400; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
      edge.settle();
    }

    stream.release();
    socket.release();
    edge.settle();

    assertThat(stream.events()).as("one position for both").isEqualTo(ids(0, 400));
    assertThat(socket.events())
        .containsAll(ids(0, 400).stream().filter(id -> number(id) % 2 == 0).toList())
        .hasSizeLessThan(210);
    assertThat(socket.notices(Notice.Gap.class)).hasSize(1);
    assertThat(socket.notices(Notice.Gap.class).getFirst().channels()).containsExactly(edge.b);
  }
}
