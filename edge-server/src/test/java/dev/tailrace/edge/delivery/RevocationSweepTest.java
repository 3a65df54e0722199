package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of connections whose tokens, or grants, are revoked, and of those that are ended.
 */
class RevocationSweepTest {
  private final Edge edge = new Edge();
  private final Set<String> users = new HashSet<>();
  private final Set<String> channels = new HashSet<>();

  private Subscriber subscriber(String user) {
    return new Subscriber(
        user,
        channel -> !channels.contains(channel),
        () -> users.contains(user),
        Long.MAX_VALUE,
        Long.MAX_VALUE);
  }

  private CapturingTransport open(Transport.Kind kind, String user, String... followed) {
    return edge.register(kind, subscriber(user), null, 0, followed);
  }

  private void sweep() {
    edge.proxy.sweep(Set.of(), false);
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldEndTheConnectionsOfARevokedTokenAndNoOther(Transport.Kind kind) {
    CapturingTransport ann = open(kind, "ann", edge.a);
    CapturingTransport bob = open(kind, "bob", edge.a);
    edge.settle();

    users.add("ann");
    sweep();
    edge.toChannelLane(edge.a, "a0");
    edge.toUserLane("ann", "mine");
    edge.settle();

    assertThat(ann.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(ann.events()).isEmpty();
    assertThat(bob.closed()).isNull();
    assertThat(bob.events()).containsExactly("a0");
    assertThat(edge.open()).isEqualTo(1);
  }

  @Test
  void shouldWriteNothingMoreThoughTheSweepHasNotCome() {
    CapturingTransport ann = open(Transport.Kind.SSE, "ann", edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.toUserLane("ann", "mine");
    edge.tail.turn();

    users.add("ann");
    edge.settle();

    assertThat(ann.events()).isEmpty();
    assertThat(ann.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldTurnAwayWhoRegistersAfterTheSweep() {
    users.add("ann");
    sweep();
    edge.settle();
    CapturingTransport late = open(Transport.Kind.SSE, "ann", edge.a);
    edge.settle();

    assertThat(late.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(late.sent()).isEmpty();
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldEndAConnectionThatIsStillOpening() {
    CapturingTransport opening = open(Transport.Kind.WEBSOCKET, "ann", edge.a);
    edge.step();
    users.add("ann");
    sweep();
    edge.settle();

    assertThat(opening.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(opening.sent()).isEmpty();
  }

  @Test
  void shouldEndARefreshedConnectionWhoseNewTokenIsRevokedTooAndKeepAnother() {
    CapturingTransport ann = open(Transport.Kind.WEBSOCKET, "ann", edge.a);
    CapturingTransport good = open(Transport.Kind.WEBSOCKET, "ann", edge.a);
    edge.settle();

    users.add("ann");
    edge.proxy.offerRefresh(ann, subscriber("ann"));
    edge.proxy.offerRefresh(good, Edge.anybody("ann"));
    sweep();
    edge.toChannelLane(edge.a, "a0");
    edge.settle();

    assertThat(ann.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(good.closed()).as("a token issued since then").isNull();
    assertThat(good.events()).containsExactly("a0");
  }

  @Test
  void shouldWriteNothingOfACaughtUpChunkThatWasQueued() {
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
    CapturingTransport ann = new CapturingTransport(Transport.Kind.SSE).withTurnLimit(2);
    ann.stall();
    edge.register(ann, subscriber("ann"), cursor(edge.partition(edge.a), 0), 0, edge.a);
    edge.settle();
    assertThat(ann.isWriting()).isTrue();
    int written = ann.events().size();
    assertThat(written).as("some of the chunk is left").isLessThan(6);

    users.add("ann");
    ann.release();
    edge.settle();

    assertThat(ann.events()).hasSize(written);
    assertThat(ann.closed()).isEqualTo(DisconnectReason.REVOKED);
  }

  @Test
  void shouldWriteNothingOfARevokedChannelFromAQueuedChunk() {
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
    }
    CapturingTransport ann = new CapturingTransport(Transport.Kind.SSE).withTurnLimit(2);
    ann.stall();
    edge.register(ann, subscriber("ann"), cursor(edge.partition(edge.a), 0), 0, edge.a, edge.b);
    edge.settle();
    int written = ann.events().size();
    assertThat(written).isLessThan(6);

    channels.add(edge.a);
    sweep();
    edge.settle();
    ann.release();
    edge.settle();

    assertThat(ann.events().subList(written, ann.events().size()))
        .isNotEmpty()
        .allMatch(id -> Integer.parseInt(id.substring(1)) % 2 == 1);
    assertThat(ann.events()).contains("e1", "e3", "e5");
    assertThat(ann.closed()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldTakeARevokedChannelFromItsReadersAndLeaveTheOthers(Transport.Kind kind) {
    CapturingTransport ann = open(kind, "ann", edge.a, edge.b, edge.c);
    edge.settle();

    channels.add(edge.a);
    sweep();
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.toChannelLane(edge.b, "b0");
    edge.toChannelLane(edge.c, "c0");
    edge.settle();

    assertThat(ann.events()).containsExactlyInAnyOrder("b0", "c0");
    assertThat(ann.notices(Notice.CommandError.class))
        .extracting(
            Notice.CommandError::ref, Notice.CommandError::code, Notice.CommandError::channel)
        .containsExactly(tuple(-1L, "not_granted", edge.a));
    assertThat(ann.closed()).isNull();
    assertThat(edge.withdrawn).isEqualTo(1);
    assertThat(position(ann.lastCursor(), edge.partition(edge.b))).isEqualTo(2);
  }

  @Test
  void shouldForgetThePartitionWithTheLastOfItsChannels() {
    CapturingTransport ann = open(Transport.Kind.SSE, "ann", edge.a, edge.b, edge.c);
    edge.settle();

    channels.addAll(Set.of(edge.a, edge.b));
    sweep();
    edge.pass(Edge.HEARTBEAT);

    assertThat(position(ann.lastCursor(), edge.partition(edge.a))).isNegative();
    assertThat(position(ann.lastCursor(), edge.partition(edge.c))).isZero();
    assertThat(ann.notices(Notice.CommandError.class)).hasSize(2);
  }

  @Test
  void shouldLeaveTheOtherChannelsOfAStreamWhoseRefreshedTokenGrantsOneLess() {
    CapturingTransport ann = open(Transport.Kind.SSE, "ann", edge.a, edge.b);
    edge.settle();

    channels.add(edge.a);
    edge.proxy.offerRefresh(ann, subscriber("ann"));
    edge.settle();
    edge.toChannelLane(edge.b, "b0");
    edge.settle();

    assertThat(ann.events()).containsExactly("b0");
  }

  @Test
  void shouldTakeAChannelFromAReaderThatIsNotOpenYet() {
    CapturingTransport ann = open(Transport.Kind.SSE, "ann", edge.a, edge.b);
    edge.step();
    channels.add(edge.a);
    sweep();
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.toChannelLane(edge.b, "b0");
    edge.settle();

    assertThat(ann.notices(Notice.Opened.class)).hasSize(1);
    assertThat(ann.events()).containsExactly("b0");
  }

  @Test
  void shouldNotFollowARevokedChannelThatWasGrantedWhenItWasAskedFor() {
    channels.add(edge.a);
    CapturingTransport late = open(Transport.Kind.WEBSOCKET, "ann", edge.a, edge.c);
    edge.proxy.offerSubscribe(late, 7, edge.a, StartPosition.LATEST, 0);
    edge.settle();
    edge.toChannelLane(edge.c, "c0");
    edge.settle();

    assertThat(late.notices(Notice.CommandError.class))
        .extracting(
            Notice.CommandError::ref, Notice.CommandError::code, Notice.CommandError::channel)
        .containsExactly(tuple(-1L, "not_granted", edge.a), tuple(7L, "not_granted", edge.a));
    assertThat(late.notices(Notice.Subscribed.class)).isEmpty();
    assertThat(late.events()).containsExactly("c0");
  }

  @Test
  void shouldEndAHeldPollAndAHistoryRequestThatFollowARevokedChannel() {
    edge.toChannelLane(edge.a, "a0");
    String here = cursor(edge.partition(edge.a), 1, edge.broadcast(), 0);
    CapturingTransport poll =
        edge.register(Transport.Kind.POLL, subscriber("ann"), here, 20_000, edge.a, edge.b);
    CapturingTransport other = edge.poll(here, 20_000, edge.b);
    edge.settle();
    CapturingTransport history = new CapturingTransport(Transport.Kind.HISTORY);
    edge.register(history, subscriber("ann"), StartPosition.EARLIEST, 0, 0, edge.a);
    edge.step();

    channels.add(edge.a);
    sweep();
    edge.settle();

    assertThat(poll.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(history.closed()).isEqualTo(DisconnectReason.REVOKED);
    assertThat(history.sent()).isEmpty();
    assertThat(other.closed()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldEndConnectionsOnceThatMayComeBack(boolean everybody) {
    CapturingTransport ann = open(Transport.Kind.SSE, "ann", edge.a);
    CapturingTransport bob = open(Transport.Kind.WEBSOCKET, "bob", edge.a);
    CapturingTransport nobody = edge.sse(edge.a);
    edge.settle();

    edge.proxy.sweep(everybody ? Set.of() : Set.of("ann"), everybody);
    edge.settle();

    assertThat(ann.closed()).isEqualTo(DisconnectReason.DISCONNECTED);
    DisconnectReason others = everybody ? DisconnectReason.DISCONNECTED : null;
    assertThat(bob.closed()).isEqualTo(others);
    assertThat(nobody.closed()).isEqualTo(others);
    CapturingTransport back = open(Transport.Kind.SSE, "ann", edge.a);
    edge.settle();
    assertThat(back.closed()).isNull();
  }
}
