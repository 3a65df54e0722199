package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.decoded;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.UpstreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Live delivery, the opening barrier, grants and expiry. */
class DeliveryAgentTest {
  private final Edge edge = new Edge();

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldDeliverToThoseWhoFollowTheChannelAndToNobodyElse(Transport.Kind kind) {
    CapturingTransport follows = edge.register(kind, anybody(null), null, 0, edge.a);
    CapturingTransport samePartition = edge.register(kind, anybody(null), null, 0, edge.b);
    CapturingTransport other = edge.register(kind, anybody(null), null, 0, edge.c);
    edge.settle();

    edge.toChannelLane(edge.a, "e1");
    edge.toChannelLane(edge.b, "e2");
    edge.toChannelLane(edge.a, "e3");
    edge.settle();

    assertThat(follows.events()).containsExactly("e1", "e3");
    assertThat(samePartition.events()).containsExactly("e2");
    assertThat(other.events()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldDeliverTwoChannelsOfOnePartitionInTheLanesOrderForAStream(Transport.Kind kind) {
    CapturingTransport client = edge.register(kind, anybody(null), null, 0, edge.a, edge.b);
    edge.settle();

    for (int i = 0; i < 10; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
    }
    edge.settle();

    assertThat(client.events()).hasSize(10).doesNotHaveDuplicates();
    assertThat(client.events()).filteredOn(id -> (id.charAt(1) - '0') % 2 == 0).isSorted();
    assertThat(client.events()).filteredOn(id -> (id.charAt(1) - '0') % 2 == 1).isSorted();
    if (kind == Transport.Kind.SSE) {
      assertThat(client.events()).isSorted();
    }
  }

  @Test
  void shouldDeliverPersonalAndBroadcastEventsWithoutBeingAsked() {
    CapturingTransport ann = edge.register(Transport.Kind.SSE, anybody("ann"), null, 0, edge.a);
    CapturingTransport bob = edge.register(Transport.Kind.SSE, anybody("bob"), null, 0);
    CapturingTransport anonymous = edge.sse();
    edge.settle();

    edge.toUserLane("ann", "for ann");
    edge.toUserLane("bob", "for bob");
    edge.toChannelLane(edge.a, "on a");
    edge.toChannelLane("$broadcast", "for all");
    edge.settle();

    assertThat(ann.events()).containsExactlyInAnyOrder("for ann", "on a", "for all");
    assertThat(bob.events()).containsExactlyInAnyOrder("for bob", "for all");
    assertThat(anonymous.events()).containsExactly("for all");
  }

  @Test
  void shouldGiveAnEventThatNamesSeveralUsersToEachOnce() {
    CapturingTransport ann = edge.register(Transport.Kind.SSE, anybody("ann"), null, 0);
    edge.settle();

    edge.lanes.append(
        edge.slots.userPartition("ann"),
        edge.clock.millis(),
        Stamped.toUsers(edge.nextSource(), List.of("x", "ann", "y"), "e1"));
    edge.settle();

    assertThat(ann.events()).containsExactly("e1");
  }

  @Test
  void shouldDropRepetitionsInTheLane() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    Delivery first = Stamped.toChannel(edge.nextSource(), edge.a, "e1");
    Delivery second = Stamped.toChannel(edge.nextSource(), edge.a, "e2");

    for (Delivery delivery : List.of(first, second, first, second)) {
      edge.lanes.append(edge.partition(edge.a), edge.clock.millis(), delivery);
    }
    edge.settle();

    assertThat(client.events()).containsExactly("e1", "e2");
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(4);
  }

  @Test
  void shouldOnlyKeepItsPositionWhileAWriteIsInFlight() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    assertThat(client.isWriting()).isTrue();

    for (int i = 1; i < 8; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.settle();
    }
    assertThat(client.events()).containsExactly("e0");
    client.release();
    edge.settle();

    assertThat(client.events()).containsExactly("e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7");
    assertThat(client.turns()).as("welcome, one, all the rest at once").containsExactly(1, 1, 7);
  }

  @Test
  void shouldSendAWholeCursorWithEveryEventOfAStream() {
    CapturingTransport client = edge.sse(edge.a, edge.c);
    edge.settle();
    long a0 = edge.toChannelLane(edge.a, "a0");
    edge.settle();
    long c0 = edge.toChannelLane(edge.c, "c0");
    long a1 = edge.toChannelLane(edge.a, "a1");
    edge.settle();

    assertThat(client.events()).containsExactlyInAnyOrder("a0", "c0", "a1");
    for (CapturingTransport.Sent sent : client.sent()) {
      assertThat(decoded(sent.cursor()).positions().keySet())
          .containsExactlyInAnyOrder(
              edge.partition(edge.a), edge.partition(edge.c), edge.broadcast());
    }
    assertThat(position(client.sent().get(1).cursor(), edge.partition(edge.a))).isEqualTo(a0 + 1);
    assertThat(client.lastCursor())
        .startsWith(
            cursorOf(
                edge.broadcast(),
                0,
                edge.partition(edge.a),
                a1 + 1,
                edge.partition(edge.c),
                c0 + 1));
  }

  private static String cursorOf(Object... positions) {
    return decoded(cursor(positions)).toString();
  }

  @Test
  void shouldLeaveAConnectionAloneWhenAnotherOneBreaksOrStalls() {
    CapturingTransport good = edge.sse(edge.a);
    CapturingTransport stalls = edge.sse(edge.a);
    CapturingTransport breaks = edge.sse(edge.a);
    edge.settle();
    stalls.stall();
    breaks.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    breaks.breakOff();
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    edge.settle();

    assertThat(good.events()).containsExactly("e0", "e1");
    assertThat(stalls.events()).containsExactly("e0");
    assertThat(edge.open()).isEqualTo(2);
  }

  @Test
  void shouldEndAConnectionWhoseTurnFailsAndNoOther() {
    AtomicBoolean faulty = new AtomicBoolean();
    CapturingTransport good = edge.sse(edge.a);
    CapturingTransport bad =
        edge.register(
            Transport.Kind.SSE,
            Subscribers.of(
                null,
                channel -> {
                  if (faulty.get()) {
                    throw new IllegalStateException("as if it were a fault of the edge's own");
                  }
                  return true;
                }),
            null,
            0,
            edge.a);
    CapturingTransport goodToo = edge.sse(edge.a);
    edge.settle();
    faulty.set(true);

    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    assertThat(bad.closed()).isEqualTo(DisconnectReason.FAILED);
    assertThat(good.events()).containsExactly("e0");
    assertThat(goodToo.events()).containsExactly("e0");
    assertThat(edge.open()).isEqualTo(2);
  }

  @Test
  void shouldForgetAConnectionThatIsClosed() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();

    edge.proxy.offerClosed(client);
    edge.toChannelLane(edge.a, "e1");
    edge.settle();

    assertThat(client.events()).isEmpty();
    assertThat(edge.open()).isZero();
  }

  // ---- the opening barrier

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldTellTheWholeStartingCursorOnceEveryEndIsKnown(Transport.Kind kind) {
    edge.toChannelLane(edge.a, "old");
    edge.toChannelLane(edge.c, "old");
    edge.toUserLane("ann", "old");
    CapturingTransport client = edge.register(kind, anybody("ann"), null, 0, edge.a, edge.c);
    edge.step();
    edge.step();
    assertThat(client.sent()).as("nothing before the leaders' ends are known").isEmpty();

    edge.toChannelLane(edge.a, "still before");
    edge.tail.turn();
    edge.step();

    assertThat(client.notices(Notice.Opened.class))
        .containsExactly(
            new Notice.Opened(
                edge.timed(
                    cursorOf(
                        edge.slots.userPartition("ann"), 1,
                        edge.broadcast(), 0,
                        edge.partition(edge.a), 2,
                        edge.partition(edge.c), 1)),
                "ann"));
    edge.toChannelLane(edge.a, "after");
    edge.toUserLane("ann", "after too");
    edge.settle();
    assertThat(client.events()).containsExactlyInAnyOrder("after", "after too");
  }

  @Test
  void shouldSayNothingButSignsOfLifeWhileKafkaDoesNotAnswer() {
    edge.tail.consumer().setFailure(new TimeoutException("gone"));
    Subscriber expiring = edge.expiring(Duration.ofSeconds(25));
    CapturingTransport client =
        edge.register(Transport.Kind.SSE, expiring, cursor(edge.partition(edge.a), 0), 0, edge.a);
    edge.settle();
    edge.pass(Edge.HEARTBEAT);

    assertThat(client.sent())
        .isNotEmpty()
        .as("a cursor told now would be none, and would replace the client's own")
        .allMatch(sent -> sent.notice() instanceof Notice.Alive);

    edge.tail.consumer().setFailure(null);
    edge.pass(Duration.ofSeconds(1));
    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
    assertThat(client.notices(Notice.TokenExpiring.class)).hasSize(1);
  }

  @Test
  void shouldAskTheTailAgainWhenItsQueueWasFull() {
    edge.tail.setRefusing(true);
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    edge.tail.setRefusing(false);
    edge.settle();

    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
  }

  // ---- what may be seen

  @Test
  void shouldCheckGrantsAtTheWrite() {
    Set<String> granted = new HashSet<>(Set.of(edge.a));
    Predicate<String> may = granted::contains;
    CapturingTransport client =
        edge.register(Transport.Kind.SSE, Subscribers.of(null, may), null, 0, edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "allowed");
    edge.settle();

    granted.clear();
    edge.toChannelLane(edge.a, "no more");
    edge.settle();

    assertThat(client.events()).containsExactly("allowed");
  }

  @Test
  void shouldGoOnReadingWhenTheLogMovedWhileItFoundNothingToSend() {
    AtomicReference<Runnable> whileReading = new AtomicReference<>();
    Predicate<String> may =
        channel -> {
          Runnable action = whileReading.getAndSet(null);
          if (action != null) {
            action.run();
            return false;
          }
          return true;
        };
    CapturingTransport client =
        edge.register(Transport.Kind.SSE, Subscribers.of(null, may), null, 0, edge.a);
    edge.settle();
    whileReading.set(
        () -> {
          edge.toChannelLane(edge.a, "e1");
          edge.tail.turn();
        });

    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    assertThat(client.events()).containsExactly("e1");
  }

  @Test
  void shouldNotSendWhatHasExpired() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    Delivery.Builder shortLived =
        Stamped.toChannel(edge.nextSource(), edge.a, "short-lived").toBuilder();
    shortLived.getEventBuilder().setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(5));
    edge.lanes.append(edge.partition(edge.a), edge.clock.millis(), shortLived.build());
    long last = edge.toChannelLane(edge.a, "e1");
    edge.clock.advance(Duration.ofMillis(5_001));

    client.release();
    edge.settle();

    assertThat(client.events()).containsExactly("e0", "e1");
    assertThat(client.notices(Notice.Gap.class)).as("expiry is no gap").isEmpty();
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(last + 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldTellAConnectionOfALossUpstreamOnceWhateverItFollows(Transport.Kind kind) {
    CapturingTransport client = edge.register(kind, anybody(null), null, 0, edge.a, edge.b, edge.c);
    edge.settle();
    for (int loss = 0; loss < 2; loss++) {
      Delivery gap =
          Stamped.delivery(edge.nextSource())
              .setUpstreamGap(UpstreamGap.getDefaultInstance())
              .build();
      for (String channel : List.of(edge.a, edge.c)) {
        edge.lanes.append(edge.partition(channel), edge.clock.millis(), gap);
      }
    }
    edge.toChannelLane(edge.a, "a0");
    edge.toChannelLane(edge.c, "c0");
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).hasSize(2);
    assertThat(client.notices(Notice.Gap.class))
        .allMatch(gap -> gap.channels().containsAll(List.of(edge.a, edge.b, edge.c)));
    assertThat(client.events()).containsExactlyInAnyOrder("a0", "c0");
  }

  @Test
  void shouldTellOfALossUpstreamAgainForAChannelThatIsAddedLater() {
    CapturingTransport client = edge.socket(edge.a);
    edge.settle();
    Delivery gap =
        Stamped.delivery(edge.nextSource())
            .setUpstreamGap(UpstreamGap.getDefaultInstance())
            .build();
    for (String channel : List.of(edge.a, edge.c)) {
      edge.lanes.append(edge.partition(channel), edge.clock.millis(), gap);
    }
    edge.settle();
    assertThat(client.notices(Notice.Gap.class)).hasSize(1);

    edge.proxy.offerSubscribe(client, 1, edge.c, Edge.at(cursor(edge.partition(edge.c), 0)), 0);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).hasSize(2);
    assertThat(client.notices(Notice.Gap.class).getLast().channels()).contains(edge.c);
  }

  @Test
  void shouldNotLetOnePartitionKeepTheOthersFromASlowClient() {
    CapturingTransport client = new CapturingTransport(Transport.Kind.SSE).withTurnLimit(2);
    edge.register(client, anybody(null), null, 0, edge.a, edge.c);
    edge.settle();
    client.stall();
    for (int i = 0; i < 2; i++) {
      edge.toChannelLane(edge.a, "a" + i);
      edge.toChannelLane(edge.c, "c" + i);
    }
    edge.settle();
    for (int i = 2; i < 12; i += 2) {
      edge.toChannelLane(edge.a, "a" + i);
      edge.toChannelLane(edge.a, "a" + (i + 1));
      edge.toChannelLane(edge.c, "c" + i);
      edge.toChannelLane(edge.c, "c" + (i + 1));
      client.releaseOne();
      edge.settle();
    }

    assertThat(client.events().stream().filter(id -> id.startsWith("a")).count())
        .isEqualTo(client.events().stream().filter(id -> id.startsWith("c")).count());
  }

  @Test
  void shouldTellEverybodyOnThePartitionOfAnUpstreamGapOnce() {
    CapturingTransport onA = edge.sse(edge.a, edge.b);
    CapturingTransport onC = edge.sse(edge.c);
    edge.settle();
    Delivery gap =
        Stamped.delivery(edge.nextSource())
            .setUpstreamGap(
                UpstreamGap.newBuilder()
                    .setFrom(Timestamp.newBuilder().setSeconds(100))
                    .setTo(Timestamp.newBuilder().setSeconds(200)))
            .build();

    long at = edge.lanes.append(edge.partition(edge.a), edge.clock.millis(), gap);
    edge.lanes.append(edge.partition(edge.a), edge.clock.millis(), gap);
    edge.toChannelLane(edge.a, "after");
    edge.settle();

    assertThat(onA.notices(Notice.Gap.class))
        .containsExactly(
            new Notice.Gap(
                Stream.of("$broadcast", edge.a, edge.b).sorted().toList(),
                Instant.ofEpochSecond(100),
                Instant.ofEpochSecond(200),
                Notice.Gap.Reason.UPSTREAM,
                cursor(edge.partition(edge.a), at + 1)));
    assertThat(onA.events()).containsExactly("after");
    assertThat(onC.sent()).hasSize(1);
  }
}
