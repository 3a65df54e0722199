package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.at;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.schemas.LanePartition;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that ask for more of Kafka than one may. */
class BudgetTest {
  private static final long SHARE = 1_000;

  private final Edge edge = Edge.withAllowance(SHARE, Long.MAX_VALUE);
  private final LanePartition partition = edge.partition(edge.a);

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldTellAGapAndGoOnInTheWindow(Transport.Kind kind) {
    write(0, 100);
    edge.sse(edge.a);
    edge.settle();
    write(100, 102);
    edge.settle();
    from(kind, at(cursor(partition, 0)));
    edge.settle();

    CapturingTransport again = from(kind, at(cursor(partition, 0)));
    edge.settle();

    assertThat(again.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason)
        .containsExactly(Notice.Gap.Reason.BUDGET);
    Notice.Gap gap = again.notices(Notice.Gap.class).getFirst();
    assertThat(gap.channels()).containsExactly(edge.a);
    assertThat(position(gap.cursor(), partition)).isEqualTo(100);
    assertThat(again.sent())
        .filteredOn(sent -> sent.id() != null || sent.notice() instanceof Notice.Gap)
        .extracting(CapturingTransport.Sent::id)
        .containsExactly(null, "e100", "e101");
    assertThat(position(again.lastCursor(), partition)).isEqualTo(102);
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldTellAGapBeforeWhatIsNewerWhenTheShareEndsUnderWay(Transport.Kind kind) {
    Edge small = Edge.withAllowance(SHARE, Long.MAX_VALUE);
    for (int i = 0; i < 40; i++) {
      small.toChannelLane(small.a, "e" + i, 20_000); // a chunk is 256 KiB
    }
    small.sse(small.a);
    small.settle();
    for (int i = 40; i < 42; i++) {
      small.toChannelLane(small.a, "e" + i);
    }
    small.settle();
    List<String> events = new ArrayList<>();
    List<String> afterGap = new ArrayList<>();
    String from = cursor(small.partition(small.a), 0);
    for (int request = 0; request < (kind.isAnswer() ? 4 : 1); request++) {
      CapturingTransport client = small.from(kind, at(from), "ann", small.a);
      small.settle();
      for (CapturingTransport.Sent sent : client.sent()) {
        if (sent.notice() instanceof Notice.Gap gap && !gap.channels().isEmpty()) {
          afterGap.add("gap");
        } else if (sent.id() != null) {
          (afterGap.isEmpty() ? events : afterGap).add(sent.id());
        }
      }
      from = client.lastCursor();
    }

    assertThat(events).isNotEmpty().hasSizeLessThan(40).startsWith("e0");
    assertThat(afterGap).containsExactly("gap", "e40", "e41");
  }

  @Test
  void shouldTellOfAnotherLogThoughTheShareIsUsedUp() {
    long began = edge.clock.millis();
    write(0, 100);
    edge.clock.advance(Duration.ofSeconds(60));
    use();
    write(100, 102);
    edge.settle();

    CapturingTransport client =
        from(Transport.Kind.SSE, at("zzz~c1-1.2~t" + Long.toString(began / 1_000, 36)));
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .filteredOn(gap -> gap.channels().contains(edge.a))
        .singleElement()
        .satisfies(
            gap -> {
              assertThat(gap.reason()).isEqualTo(Notice.Gap.Reason.GENERATION);
              assertThat(gap.approximate()).isTrue();
              assertThat(gap.from()).isNotNull();
              assertThat(position(gap.cursor(), partition)).isEqualTo(100);
            });
    assertThat(client.events()).containsExactly("e100", "e101");
  }

  @Test
  void shouldKeepTheCursorBeforeTheGapUntilThatIsTold() {
    write(0, 100);
    use();
    CapturingTransport client = from(Transport.Kind.SSE, at(cursor(partition, 7)));
    edge.settle();

    assertThat(position(client.sent().getFirst().cursor(), partition)).isEqualTo(7);
    assertThat(client.notices(Notice.Gap.class)).hasSize(1);
    assertThat(position(client.lastCursor(), partition)).isEqualTo(100);
  }

  @Test
  void shouldReadNothingForAClientThatComesAgainAndAgain() {
    write(0, 100);
    use();
    long read = edge.catchUp.scannedBytes();

    for (int i = 0; i < 20; i++) {
      from(Transport.Kind.SSE, at(cursor(partition, 0)));
      from(Transport.Kind.SSE, new StartPosition.Last(3));
      edge.settle();
    }

    assertThat(edge.catchUp.scannedBytes()).isEqualTo(read);
  }

  @Test
  void shouldReadForOthers() {
    write(0, 100);
    use();

    CapturingTransport other =
        edge.from(Transport.Kind.SSE, at(cursor(partition, 95)), "bob", edge.a);
    edge.settle();

    assertThat(other.events()).hasSize(5);
  }

  @Test
  void shouldReadAgainWhenTheShareHasComeBack() {
    write(0, 100);
    use();
    edge.pass(Duration.ofHours(6));

    CapturingTransport client = from(Transport.Kind.SSE, at(cursor(partition, 95)));
    edge.settle();

    assertThat(client.events()).hasSize(5);
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
  }

  @Test
  void shouldBeginAtThePresentWithAGapWhenNothingMayBeSearched() {
    write(0, 100);
    use();

    CapturingTransport client = from(Transport.Kind.SSE, new StartPosition.Last(3));
    edge.settle();
    write(100, 101);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .allMatch(gap -> gap.reason() == Notice.Gap.Reason.BUDGET)
        .extracting(Notice.Gap::channels)
        .containsExactly(List.of(edge.a)); // of her own nothing was ever sent
    assertThat(client.events()).containsExactly("e100");
  }

  @Test
  void shouldFindTheLastEventsInMemoryWhateverWasUsed() {
    write(0, 100);
    use();
    write(100, 105);
    edge.settle();

    CapturingTransport client =
        edge.from(Transport.Kind.POLL, new StartPosition.Last(3), "ann", edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("e102", "e103", "e104");
    assertThat(client.notices(Notice.Gap.class)).noneMatch(gap -> gap.channels().contains(edge.a));
  }

  @Test
  void shouldChargeAlsoThoseWhoLeaveBeforeItIsRead() {
    write(0, 100);
    CapturingTransport gone = from(Transport.Kind.SSE, at(cursor(partition, 0)));
    edge.tail.turn();
    edge.step();
    edge.tail.turn();
    edge.step();
    edge.proxy.offerClosed(gone);
    edge.catchUp.turn();
    edge.catchUp.turn();
    edge.step();
    edge.settle();
    long read = edge.catchUp.scannedBytes();
    assertThat(read).isGreaterThan(SHARE);

    from(Transport.Kind.SSE, at(cursor(partition, 0)));
    edge.settle();

    assertThat(edge.catchUp.scannedBytes()).isEqualTo(read);
  }

  @Test
  void shouldNotCountWhatIsInMemory() {
    edge.sse(edge.a);
    edge.settle();
    write(0, 100);
    edge.settle();

    for (int i = 0; i < 20; i++) {
      CapturingTransport client = from(Transport.Kind.SSE, at(cursor(partition, 0)));
      edge.settle();
      assertThat(client.events()).hasSize(100);
    }
  }

  @Test
  void shouldEndAHistoryThatItMayNotRead() {
    write(0, 100);
    use();

    CapturingTransport history =
        edge.history(
            new CapturingTransport(Transport.Kind.HISTORY),
            at(cursor(partition, 0)),
            ConnectionRequest.PRESENT,
            "ann",
            edge.a);
    edge.settle();

    assertThat(history.events()).isEqualTo(List.of());
    assertThat(history.notices(Notice.Complete.class)).hasSize(1);
    assertThat(history.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason)
        .containsExactly(Notice.Gap.Reason.BUDGET);
  }

  // ---- many users of one network address

  private static final int CROWD = 1_000;
  private static final int OLD_BYTES = 20_000;

  /** So that nobody gets more of Kafka by calling himself by another name each time. */
  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldReadNoMoreForAnAddressThanItsShareWhoeverTheyAreThere(Transport.Kind kind) {
    Edge shared = Edge.withAllowance(Long.MAX_VALUE, 2 * OLD_BYTES);
    LanePartition old = shared.partition(shared.a);
    shared.toChannelLane(shared.a, "e0", OLD_BYTES);
    shared.toChannelLane(shared.a, "e1", OLD_BYTES);
    CapturingTransport first =
        shared.fromAddress(address("10.0.0.1"), kind, at(cursor(old, 0)), "first", shared.a);
    shared.settle();
    assertThat(first.events()).containsExactly("e0", "e1");
    long read = shared.catchUp.scannedBytes();

    List<CapturingTransport> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(
          shared.fromAddress(address("10.0.0.1"), kind, at(cursor(old, 0)), "u" + i, shared.a));
    }
    settleAll(shared, crowd);

    assertThat(shared.catchUp.scannedBytes()).isEqualTo(read);
    assertThat(crowd)
        .allSatisfy(client -> assertThat(client.events()).isEmpty())
        .allSatisfy(client -> assertToldOfTheBudget(client, shared.a));
    CapturingTransport elsewhere =
        shared.fromAddress(address("10.0.0.2"), kind, at(cursor(old, 0)), "first", shared.a);
    shared.settle();
    assertThat(elsewhere.events()).containsExactly("e0", "e1");
  }

  /** All at once they share a scan, and the share ends under way. */
  @Test
  void shouldEndTheScanThatAllOfAnAddressAreOn() {
    Edge shared = Edge.withAllowance(Long.MAX_VALUE, SHARE);
    LanePartition old = shared.partition(shared.a);
    for (int i = 0; i < 40; i++) {
      shared.toChannelLane(shared.a, "e" + i, OLD_BYTES);
    }
    List<CapturingTransport> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(
          shared.fromAddress(
              address("2001:db8::" + Integer.toHexString(i + 1)),
              Transport.Kind.SSE,
              at(cursor(old, 0)),
              "u" + i,
              shared.a));
    }
    settleAll(shared, crowd);

    assertThat(crowd).allSatisfy(client -> assertToldOfTheBudget(client, shared.a));
    assertThat(crowd).allSatisfy(client -> assertThat(client.events()).hasSizeLessThan(40));
    assertThat(shared.catchUp.scannedBytes())
        .as("once, or less, for all")
        .isLessThanOrEqualTo(shared.lanes.bytes(old));
  }

  private static void assertToldOfTheBudget(CapturingTransport client, String channel) {
    assertThat(client.notices(Notice.Gap.class))
        .filteredOn(gap -> gap.channels().contains(channel))
        .extracting(Notice.Gap::reason)
        .containsExactly(Notice.Gap.Reason.BUDGET);
  }

  /** An agent takes only so many at a time. */
  private static void settleAll(Edge shared, List<CapturingTransport> crowd) {
    for (int i = 0; i < CROWD && crowd.stream().anyMatch(c -> c.turns().isEmpty()); i++) {
      shared.settle();
    }
    shared.settle();
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(text, e);
    }
  }

  private CapturingTransport from(Transport.Kind kind, StartPosition start) {
    return edge.from(kind, start, "ann", edge.a);
  }

  /** Ann's share is used up. */
  private void use() {
    from(Transport.Kind.SSE, at(cursor(partition, 0)));
    edge.settle();
    assertThat(edge.catchUp.scannedBytes()).isGreaterThan(SHARE);
  }

  private void write(int from, int to) {
    for (int i = from; i < to; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
  }
}
