package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where those begin who bring no cursor. */
class StartPositionTest {
  private final Edge edge = new Edge();
  private final LanePartition partition = edge.partition(edge.a);

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldBeginAtTheEarliestThatIsHeld(Transport.Kind kind) {
    write(5);
    edge.lanes.removeBelow(partition, 2);

    CapturingTransport client = edge.from(kind, StartPosition.EARLIEST, null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a2", "a3", "a4");
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
    assertThat(position(client.lastCursor(), partition)).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldBeginAtATime(Transport.Kind kind) {
    for (int i = 0; i < 5; i++) {
      edge.toChannelLane(edge.a, "a" + i);
      edge.clock.advance(Duration.ofSeconds(10));
    }

    CapturingTransport client = edge.from(kind, since(Duration.ofSeconds(20)), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a3", "a4");
  }

  @Test
  void shouldBeginAtThePresentSinceATimeWithNothingAfterIt() {
    write(5);
    edge.clock.advance(Duration.ofMinutes(1));

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, since(Duration.ofSeconds(20)), null, edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "new");
    edge.settle();

    assertThat(client.events()).containsExactly("new");
  }

  @Test
  void shouldMissNothingThatComesWhileItIsAskedWhereTheTimeLies() {
    edge.sse(edge.a);
    edge.settle();
    edge.tail.consumer().holdAnswers();
    CapturingTransport client =
        edge.from(Transport.Kind.SSE, since(Duration.ofSeconds(20)), null, edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "meanwhile");
    edge.settle();
    assertThat(client.sent()).isEmpty();

    edge.tail.consumer().releaseAnswers();
    edge.settle();

    assertThat(client.events()).containsExactly("meanwhile");
  }

  @Test
  void shouldAskAgainWhenTheLeaderDoesNotAnswer() {
    write(3);
    edge.sse(edge.a);
    edge.settle();
    edge.tail.consumer().setFailure(new TimeoutException("no leader"));
    CapturingTransport early = edge.from(Transport.Kind.SSE, StartPosition.EARLIEST, null, edge.a);
    edge.pass(Duration.ofSeconds(2));
    assertThat(early.sent()).isEmpty();

    edge.tail.consumer().setFailure(null);
    edge.pass(Duration.ofSeconds(2));

    assertThat(early.events()).containsExactly("a0", "a1", "a2");
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldBeginWithTheLastEventsOfAChannel(Transport.Kind kind) {
    write(5);
    edge.toChannelLane(edge.b, "b0");

    CapturingTransport client = edge.from(kind, new StartPosition.Last(2), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a3", "a4");
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldGiveEachChannelItsOwnLastEvents(Transport.Kind kind) {
    edge.toChannelLane(edge.b, "b0");
    edge.toChannelLane(edge.b, "b1");
    write(5);
    edge.toChannelLane(edge.b, "b2");

    CapturingTransport client = edge.from(kind, new StartPosition.Last(2), null, edge.a, edge.b);
    edge.settle();

    assertThat(client.events()).containsExactlyInAnyOrder("b1", "a3", "a4", "b2");
    edge.toChannelLane(edge.b, "b3");
    edge.settle();
    if (!kind.isAnswer()) {
      assertThat(client.events()).hasSize(5).endsWith("b3");
    }
  }

  @Test
  void shouldTakeTheLastEventsFromTheWindowWithoutReadingKafka() {
    edge.sse(edge.a);
    edge.settle();
    write(5);
    edge.settle();

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(3), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a2", "a3", "a4");
    assertThat(edge.catchUp.scannedBytes()).isZero();
  }

  @Test
  void shouldCountWhatTheTailHasNotReadYet() {
    edge.sse(edge.a);
    edge.settle();
    write(5);

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(3), null, edge.a);
    edge.step();
    edge.catchUp.settle();
    edge.settle();

    assertThat(client.events()).containsExactly("a2", "a3", "a4");
  }

  @Test
  void shouldGoOnInKafkaWhereTheWindowHasTooFew() {
    write(5);
    edge.sse(edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "a5");
    edge.settle();

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(3), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a3", "a4", "a5");
  }

  @Test
  void shouldGiveAllThereAreOfAChannelThatHasFewer() {
    write(2);

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(10), null, edge.a, edge.c);
    edge.settle();

    assertThat(client.events()).containsExactly("a0", "a1");
    assertThat(client.notices(Notice.Gap.class)).isEmpty();
  }

  @Test
  void shouldBeginAtThePresentOfAChannelThatHasNone() {
    edge.toChannelLane(edge.b, "b0");

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(10), null, edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.settle();

    assertThat(client.events()).containsExactly("a0");
  }

  @Test
  void shouldNotCountRepetitionsNorWhatHasExpired() {
    append(0, "a0", null);
    append(1, "a1", null);
    append(2, "a2", Duration.ofSeconds(1));
    append(0, "a0", null);
    append(1, "a1", null);
    append(3, "a3", null);
    edge.clock.advance(Duration.ofSeconds(5));

    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(3), null, edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("a0", "a1", "a3");
  }

  @Test
  void shouldGiveAUserTheLastEventsOfTheirOwn() {
    for (int i = 0; i < 5; i++) {
      edge.toUserLane(i % 2 == 0 ? "ann" : "bob", "u" + i);
    }

    CapturingTransport client =
        edge.from(Transport.Kind.WEBSOCKET, new StartPosition.Last(2), "ann", edge.a);
    edge.settle();

    assertThat(client.events()).containsExactly("u2", "u4");
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldGiveTheLastBroadcastsOnlyToWhoAskedForThem(Transport.Kind kind) {
    edge.toChannelLane(Channels.BROADCAST, "all");

    CapturingTransport unasked = edge.from(kind, new StartPosition.Last(2), null, edge.a);
    CapturingTransport asked = edge.from(kind, new StartPosition.Last(2), null, Channels.BROADCAST);
    CapturingTransport byTime = edge.from(kind, since(Duration.ofMinutes(1)), null, edge.a);
    edge.settle();

    assertThat(unasked.events()).isEmpty();
    assertThat(asked.events()).containsExactly("all");
    if (kind == Transport.Kind.HISTORY) {
      assertThat(byTime.events()).as("it is of what it names").isEmpty();
    } else {
      assertThat(byTime.events()).containsExactly("all");
    }
  }

  @Test
  void shouldSubscribeFromAPosition() {
    write(5);
    CapturingTransport client = edge.socket();
    edge.settle();

    edge.proxy.offerSubscribe(client, 1, edge.a, new StartPosition.Last(2), 0);
    edge.proxy.offerSubscribe(client, 2, edge.b, StartPosition.EARLIEST, 0);
    edge.settle();

    assertThat(client.events()).containsExactly("a3", "a4");
    assertThat(client.notices(Notice.Subscribed.class))
        .extracting(subscribed -> position(subscribed.cursor(), partition))
        .containsExactlyInAnyOrder(3L, 0L);
  }

  @Test
  void shouldSearchOnceForAllWhoComeAtTheSameTime() {
    write(200);
    edge.sse(edge.a);
    edge.settle();
    List<CapturingTransport> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      clients.add(edge.from(Transport.Kind.SSE, new StartPosition.Last(20), null, edge.a));
    }
    edge.settle();

    assertThat(clients)
        .allSatisfy(client -> assertThat(client.events()).hasSize(20).endsWith("a199"));
    long all = edge.lanes.bytes(partition);
    assertThat(edge.catchUp.scannedBytes())
        .as("one search, and one reading of what it found")
        .isLessThan(3 * all);
  }

  @Test
  void shouldBeginInKafkaWhenItsLogIsLostBeforeItHasBegun() {
    write(5);
    edge.sse(edge.a);
    edge.settle();
    edge.catchUp.setRefusing(true);
    CapturingTransport client =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(2), null, edge.a);
    edge.settle();
    edge.lanes.removeBelow(partition, 4);
    edge.lanes.append(partition, edge.clock.millis(), Stamped.toChannel(77, edge.a, "a5"));
    edge.catchUp.setRefusing(false);
    edge.pass(Duration.ofSeconds(2));

    assertThat(client.events()).containsExactly("a4", "a5");
  }

  private StartPosition since(Duration ago) {
    return new StartPosition.Since(edge.clock.millis() - ago.toMillis());
  }

  private void write(int events) {
    for (int i = 0; i < events; i++) {
      edge.toChannelLane(edge.a, "a" + i);
    }
  }

  private void append(long sourceOffset, String id, @Nullable Duration ttl) {
    var delivery = Stamped.toChannel(sourceOffset, edge.a, id).toBuilder();
    if (ttl != null) {
      delivery
          .getEventBuilder()
          .setTtl(com.google.protobuf.Duration.newBuilder().setSeconds(ttl.toSeconds()));
    }
    edge.lanes.append(partition, edge.clock.millis(), delivery.build());
  }
}
