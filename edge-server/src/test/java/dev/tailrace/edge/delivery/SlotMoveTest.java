package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.at;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.lane.HandSlots;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots move to another partition while clients follow them, and are away. */
class SlotMoveTest {
  private static final Duration LONG_AFTER =
      Duration.ofMillis(StartPlaces.HEARD_MS).plusSeconds(60);

  private Edge edge = new Edge();
  private HandSlots slots = edge.lanes.slots();
  private final LanePartition former = edge.partition(edge.a);

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldGoOnInTheNextPartitionOnceTheFormerIsRead(Transport.Kind kind) {
    CapturingTransport client = follow(kind, edge.a);
    write(edge.a, "before");
    isolateA();
    write(edge.a, "after");
    settle();
    assertThat(client.events()).as("what is not settled waits").containsExactly("before");

    settleSlots();
    write(edge.a, "later");
    settle();

    assertThat(client.events()).containsExactly("before", "after", "later");
    assertThat(position(client.lastCursor(), present(edge.a))).isEqualTo(2);
    assertThat(position(client.lastCursor(), former)).isEqualTo(-1);
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
  }

  @Test
  void shouldTellASocketTheNewPositionOfEachChannel() {
    CapturingTransport client = follow(Transport.Kind.WEBSOCKET, edge.a, edge.b);
    isolateA();
    settleSlots();
    settle();

    assertThat(client.notices(Notice.Subscribed.class))
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.channel()).isEqualTo(edge.a);
              assertThat(told.ref()).isNegative();
              assertThat(position(told.cursor(), present(edge.a))).isZero();
              assertThat(position(told.cursor(), former)).isEqualTo(-1);
            });
    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
  }

  @Test
  void shouldTellASocketTheNewPositionOfWhatItDidNotAskFor() {
    CapturingTransport client =
        edge.register(Transport.Kind.WEBSOCKET, Edge.anybody("ann"), null, 0);
    settle();
    slots.grow(Lane.USERS, 5);
    fence();
    settleSlots();
    settle();

    assertThat(client.notices(Notice.Subscribed.class)).isEmpty();
    Notice.Opened again = client.notices(Notice.Opened.class).getLast();
    assertThat(again.user()).isEqualTo("ann");
    assertThat(position(again.cursor(), slots.get().settled().userPartition("ann"))).isZero();
  }

  @Test
  void shouldLeaveTheNeighboursOfAnIsolatedSlotWhereTheyAre() {
    CapturingTransport client = follow(Transport.Kind.SSE, edge.a, edge.b);
    write(edge.b, "b1");
    isolateA();
    write(edge.b, "b2");
    settleSlots();
    write(edge.a, "a1");
    write(edge.b, "b3");
    settle();

    assertThat(client.events()).containsExactlyInAnyOrder("b1", "b2", "b3", "a1");
    assertThat(position(client.lastCursor(), former)).isEqualTo(3);
    assertThat(position(client.lastCursor(), present(edge.a))).isEqualTo(1);
    assertThat(present(edge.b)).isEqualTo(former);
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldReadOnFromAFormerPartitionForWhoWasAway(Transport.Kind kind) {
    write(edge.a, "e0");
    write(edge.a, "e1");
    isolateA();
    settleSlots();
    write(edge.a, "e2");
    edge.clock.advance(LONG_AFTER);

    CapturingTransport client = resume(kind, cursor(former, 1), edge.a);
    settle();

    assertThat(client.events()).containsExactly("e1", "e2");
  }

  /** Two moves away. */
  @Test
  void shouldComeThroughAllPartitionsInBetween() {
    write(edge.a, "e0");
    slots.grow(Lane.CHANNELS, 6);
    fence();
    write(edge.a, "e1");
    settleSlots();
    slots.grow(Lane.CHANNELS, 9);
    fence();
    write(edge.a, "e2");
    settleSlots();
    edge.clock.advance(LONG_AFTER);

    CapturingTransport client = resume(Transport.Kind.SSE, cursor(former, 0), edge.a);
    settle();

    assertThat(client.events()).containsExactly("e0", "e1", "e2");
    assertThat(present(edge.a).generation()).isEqualTo(3);
  }

  /** The edge that gave the cursor had not heard that the slot had moved. */
  @Test
  void shouldReadTheNextPartitionFromItsStartForACursorOfAnEdgeThatWasBehind() {
    isolateA();
    settleSlots();
    long end = edge.lanes.end(former);
    write(edge.b, "others");
    write(edge.a, "e0");

    String cursor = edge.timed(cursor(former, end + 1));
    edge.clock.advance(LONG_AFTER);
    CapturingTransport client = resume(Transport.Kind.SSE, cursor, edge.a);
    settle();

    assertThat(client.events()).containsExactly("e0");
  }

  @Test
  void shouldTakeAChannelForNewThatNobodyCanHaveFollowedUpToItsCursor() {
    isolateA();
    settleSlots();
    long end = edge.lanes.end(former);
    write(edge.b, "others");
    write(edge.a, "old");
    edge.clock.advance(LONG_AFTER);

    CapturingTransport client =
        resume(Transport.Kind.SSE, edge.timed(cursor(former, end + 1)), edge.a);
    settle();
    write(edge.a, "new");
    settle();

    assertThat(client.events()).containsExactly("new");
  }

  /** One position for both: who is there first waits. */
  @Test
  void shouldBeginAPartitionForAllAddressesOfAStreamAtOnce() {
    List<String> two = goingTogether();
    write(two.get(0), "x0");
    write(two.get(1), "y0");
    slots.grow(Lane.CHANNELS, 2);
    fence();
    write(two.get(0), "x1");
    write(two.get(1), "y1");
    settleSlots();

    LanePartition first = edge.partition(two.get(0));
    LanePartition second = edge.partition(two.get(1));
    CapturingTransport client =
        resume(Transport.Kind.SSE, cursor(first, 1, second, 0), two.toArray(String[]::new));
    settle();

    assertThat(client.events()).containsExactly("y0", "x1", "y1");
    assertThat(present(two.get(0))).isEqualTo(present(two.get(1)));
    String cursor = client.lastCursor();
    CapturingTransport again = resume(Transport.Kind.SSE, cursor, two.toArray(String[]::new));
    settle();
    assertThat(again.events()).isEmpty();
  }

  @Test
  void shouldPassOverWhatTheWrongVersionHasRouted() {
    CapturingTransport client = follow(Transport.Kind.SSE, edge.a, edge.b);
    isolateA();
    long source = edge.nextSource();
    edge.lanes.append(former, edge.clock.millis(), Stamped.toChannel(source, edge.a, "paused"));
    edge.lanes.append(
        present(edge.a, slots.get().newest()),
        edge.clock.millis(),
        Stamped.toChannel(source, edge.a, "right").toBuilder().setSlotMapVersion(2).build());
    settleSlots();
    settle();

    assertThat(client.events()).containsExactly("right");
  }

  @Test
  void shouldGiveTheHistoryOfAllPartitionsInOrder() {
    List<String> all = new ArrayList<>();
    for (int generation = 0; generation < 3; generation++) {
      for (int i = 0; i < 3; i++) {
        String id = "g%d-%d".formatted(generation, i);
        write(edge.a, id);
        all.add(id);
        edge.clock.advance(Duration.ofSeconds(20));
      }
      slots.grow(Lane.CHANNELS, 6 + generation);
      fence();
      settleSlots();
    }
    write(edge.a, "last");
    all.add("last");
    edge.clock.advance(Duration.ofSeconds(20));

    assertThat(history(StartPosition.EARLIEST, ConnectionRequest.PRESENT)).isEqualTo(all);
    long sinceMs = edge.clock.millis() - 130_000;
    assertThat(history(new StartPosition.Since(sinceMs), ConnectionRequest.PRESENT))
        .isEqualTo(all.subList(4, 10));
    long untilMs = edge.clock.millis() - 70_000;
    assertThat(history(new StartPosition.Since(sinceMs), untilMs)).isEqualTo(all.subList(4, 7));
    assertThat(pages(2)).isEqualTo(all);
  }

  private List<String> history(StartPosition start, long untilMs) {
    CapturingTransport answer = new CapturingTransport(Transport.Kind.HISTORY);
    edge.history(answer, start, untilMs, null, edge.a);
    settle();
    assertThat(answer.notices(Notice.Complete.class)).as("%s", answer.sent()).hasSize(1);
    return answer.events();
  }

  private List<String> pages(int size) {
    List<String> all = new ArrayList<>();
    StartPosition from = StartPosition.EARLIEST;
    for (int page = 0; page < 10; page++) {
      CapturingTransport answer =
          new CapturingTransport(Transport.Kind.HISTORY).withTurnLimit(size);
      edge.history(answer, from, ConnectionRequest.PRESENT, null, edge.a);
      settle();
      all.addAll(answer.events());
      if (!answer.notices(Notice.Complete.class).isEmpty()) {
        break;
      }
      from = at(answer.lastCursor());
    }
    return all;
  }

  /** It is complete in one partition before the other's addresses have left it. */
  @Test
  void shouldEndAHistoryBeforeTheMoveThoughOneOfItsPartitionsHasMore() {
    List<String> two = goingTogether();
    write(two.get(0), "x0");
    write(two.get(1), "y0");
    edge.clock.advance(Duration.ofSeconds(20));
    long untilMs = edge.clock.millis();
    write(two.get(1), "y1");
    slots.grow(Lane.CHANNELS, 2);
    fence();
    settleSlots();
    edge.clock.advance(LONG_AFTER);

    CapturingTransport answer = new CapturingTransport(Transport.Kind.HISTORY);
    edge.history(answer, StartPosition.EARLIEST, untilMs, null, two.toArray(String[]::new));
    settle();

    assertThat(answer.events()).containsExactlyInAnyOrder("x0", "y0");
    assertThat(answer.notices(Notice.Complete.class)).hasSize(1);
  }

  /** Two cursors of a socket that were joined: one of its channels was there already. */
  @Test
  void shouldBeginInAFormerPartitionThatAJoinedCursorIsBehindIn() {
    List<String> two = goingTogether();
    LanePartition behind = edge.partition(two.get(1));
    write(two.get(1), "y0");
    slots.grow(Lane.CHANNELS, 2);
    fence();
    settleSlots();
    write(two.get(0), "x0");
    write(two.get(1), "y1");

    String joined = cursor(behind, 0, present(two.get(0)), 1);
    CapturingTransport client = resume(Transport.Kind.WEBSOCKET, joined, two.get(1));
    settle();

    assertThat(client.events()).containsExactly("y0", "y1");
  }

  /** It came after the move, to an edge whose log of the neighbour's partition was behind. */
  @Test
  void shouldNotTakeANeighboursPositionForOneOfWhoWasIsolated() {
    write(edge.a, "old");
    write(edge.b, "b0");
    isolateA();
    settleSlots();
    write(edge.a, "a0");
    write(edge.a, "a1");

    String cursor = cursor(former, 0, present(edge.a), 1);
    CapturingTransport client = resume(Transport.Kind.SSE, cursor, edge.a, edge.b);
    settle();

    assertThat(client.events()).containsExactlyInAnyOrder("b0", "a1");
  }

  @Test
  void shouldGoOnWhenThePartitionThatWasLeftHasLostItsEnd() {
    write(edge.a, "e0");
    write(edge.a, "lost");
    isolateA();
    settleSlots();
    write(edge.a, "e1");
    edge.lanes.removeFrom(former, 1);
    edge.clock.advance(LONG_AFTER);

    CapturingTransport client = resume(Transport.Kind.SSE, cursor(former, 0), edge.a);
    settle();
    edge.pass(Duration.ofSeconds(10));
    settle();

    assertThat(client.events()).containsExactly("e0", "e1");
  }

  /** A channel that may be skipped meets one that may not. */
  @Test
  void shouldLoseNothingByThePolicyOfAnotherChannelThatItMeets() {
    edge = new Edge(60_000, SlowPolicies.parse("scores=skip"));
    slots = edge.lanes.slots();
    CapturingTransport client = follow(Transport.Kind.SSE, edge.a, edge.c);
    slots.grow(Lane.CHANNELS, 2);
    fence();
    settleSlots();
    settle();
    client.stall();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      all.add("c" + i);
      write(edge.c, "c" + i);
      edge.settle();
    }

    client.release();
    settle();

    assertThat(client.events()).isEqualTo(all);
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
  }

  @Test
  void shouldMoveAUsersLane() {
    CapturingTransport client = edge.register(Transport.Kind.SSE, Edge.anybody("ann"), null, 0);
    settle();
    edge.toUserLane("ann", "before");
    slots.grow(Lane.USERS, 5);
    fence();
    settleSlots();
    edge.lanes.append(
        slots.get().settled().userPartition("ann"),
        edge.clock.millis(),
        Stamped.toUsers(edge.nextSource(), List.of("ann"), "after").toBuilder()
            .setSlotMapVersion(2)
            .build());
    settle();

    assertThat(client.events()).containsExactly("before", "after");
  }

  // ---- what happens

  /** It waits between two partitions for the connection to open, and nobody reads for it. */
  @Test
  void shouldForgetARevokedChannelThatIsOnItsWay() {
    slots.grow(Lane.CHANNELS, 6);
    fence();
    settleSlots();
    String other = alongWithA();
    edge.clock.advance(LONG_AFTER);
    Set<String> revoked = new HashSet<>();
    CapturingTransport client = new CapturingTransport(Transport.Kind.SSE);
    Subscriber subscriber = Subscribers.of(null, channel -> !revoked.contains(channel));
    edge.register(client, subscriber, cursor(former, 0), 0, edge.a, other);
    edge.step();

    revoked.add(edge.a);
    edge.proxy.sweep(Set.of(), false);
    settle();
    revoked.clear(); // were it followed still, it would be seen now
    write(edge.a, "of a");
    write(other, "of the other");
    settle();

    assertThat(client.events()).containsExactly("of the other");
  }

  private String alongWithA() {
    for (int i = 0; ; i++) {
      String other = "along-" + i;
      if (edge.partition(other).equals(former) && present(other).equals(present(edge.a))) {
        return other;
      }
    }
  }

  /** Each partition on the way is asked for when it is come to. */
  private void settle() {
    for (int i = 0; i < 10; i++) {
      edge.settle();
    }
  }

  private CapturingTransport follow(Transport.Kind kind, String... channels) {
    CapturingTransport client = edge.register(kind, Edge.anybody(null), null, 0, channels);
    settle();
    return client;
  }

  private CapturingTransport resume(Transport.Kind kind, String cursor, String... channels) {
    return edge.register(kind, Edge.anybody(null), cursor, 0, channels);
  }

  private void isolateA() {
    slots.isolate(Lane.CHANNELS, SlotHash.channelSlot(edge.a));
    fence();
  }

  /** All that is published from now on is routed by the new version. */
  private void fence() {
    slots.fence(edge.nextSource());
  }

  private void settleSlots() {
    slots.settle(edge.lanes, edge.clock.instant());
  }

  private LanePartition present(String channel) {
    return present(channel, slots.get().settled());
  }

  private static LanePartition present(String channel, SlotMap map) {
    return map.channelPartition(channel);
  }

  private void write(String channel, String id) {
    SlotMap map = slots.get().newest();
    edge.lanes.append(
        map.channelPartition(channel),
        edge.clock.millis(),
        Stamped.toChannel(edge.nextSource(), channel, id).toBuilder()
            .setSlotMapVersion(map.version())
            .build());
  }

  /** Two channels of different partitions. */
  private List<String> goingTogether() {
    return List.of(edge.a, edge.c);
  }
}
