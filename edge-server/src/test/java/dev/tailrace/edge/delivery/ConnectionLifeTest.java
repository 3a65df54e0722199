package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What clients ask while connected; heartbeats, tokens, and how connections end. */
class ConnectionLifeTest {
  private final Edge edge = new Edge();

  @Test
  void shouldMoveAnIdleClientsPositionWithAHeartbeat() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    for (int i = 0; i < 5; i++) {
      edge.toChannelLane(edge.b, "for others");
    }
    edge.settle();
    assertThat(client.sent()).hasSize(1);

    edge.pass(Edge.HEARTBEAT);

    assertThat(client.notices(Notice.CursorHeartbeat.class)).hasSize(1);
    Notice.CursorHeartbeat beat = client.notices(Notice.CursorHeartbeat.class).getFirst();
    assertThat(position(beat.cursor(), edge.partition(edge.a))).isEqualTo(5);
    assertThat(client.sent().getLast().cursor()).isEqualTo(beat.cursor());
    edge.pass(Edge.HEARTBEAT);
    assertThat(client.notices(Notice.CursorHeartbeat.class)).hasSize(2);
  }

  @Test
  void shouldNotSendHeartbeatsIntoAWriteThatIsInFlight() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    for (int i = 0; i < 20; i++) {
      edge.pass(Edge.HEARTBEAT);
    }
    client.release();
    edge.settle();

    assertThat(client.notices(Notice.CursorHeartbeat.class)).isEmpty();
  }

  @Test
  void shouldTakeNoMoreCommandsThanAWindowFromAClientThatReadsNoAnswers() {
    CapturingTransport client =
        edge.register(Transport.Kind.WEBSOCKET, anybody("u1"), null, 0, edge.a);
    edge.settle();
    client.stall();
    edge.proxy.offerNotice(client, new Notice.Pong(1));
    edge.settle();
    assertThat(client.commandsHandled()).as("before anything is written").isEqualTo(1);

    edge.proxy.offerNotice(client, new Notice.Pong(2));
    edge.proxy.offerSubscribe(client, 3, edge.c, StartPosition.LATEST, 0);
    edge.settle();

    assertThat(client.commandsHandled()).as("while the first answer is unread").isEqualTo(1);
    client.release();
    edge.settle();
    assertThat(client.commandsHandled()).isEqualTo(3);
    assertThat(client.notices(Notice.Pong.class))
        .containsExactly(new Notice.Pong(1), new Notice.Pong(2));
    assertThat(client.notices(Notice.Subscribed.class)).hasSize(1);
  }

  @Test
  void shouldWarnOfAndEndAConnectionWhoseTokenExpires() {
    long expiresAtMs = edge.clock.millis() + 40_000;
    CapturingTransport client =
        edge.register(Transport.Kind.SSE, edge.expiring(Duration.ofSeconds(40)), null, 0, edge.a);
    edge.settle();
    edge.pass(Duration.ofSeconds(20));
    edge.pass(Duration.ofSeconds(19));
    assertThat(client.notices(Notice.TokenExpiring.class))
        .containsExactly(new Notice.TokenExpiring(Instant.ofEpochMilli(expiresAtMs)));
    assertThat(client.closed()).isNull();

    edge.pass(Duration.ofMillis(1_040));
    assertThat(client.closed()).as("within the leeway").isNull();

    edge.pass(Edge.LEEWAY);

    assertThat(client.closed()).isEqualTo(DisconnectReason.TOKEN_EXPIRED);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldGoOnWithARefreshedToken() {
    CapturingTransport client =
        edge.register(
            Transport.Kind.WEBSOCKET, edge.expiring(Duration.ofSeconds(10)), null, 0, edge.a);
    edge.settle();

    edge.pass(Duration.ofMillis(32));
    assertThat(client.notices(Notice.TokenExpiring.class)).as("at once").hasSize(1);
    assertThat(client.notices(Notice.CursorHeartbeat.class)).isEmpty();

    edge.proxy.offerRefresh(client, edge.expiring(Duration.ofSeconds(70)));
    edge.pass(Duration.ofSeconds(16));
    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    assertThat(client.closed()).isNull();
    assertThat(client.events()).containsExactly("e0");
    edge.pass(Duration.ofSeconds(13));
    assertThat(client.notices(Notice.TokenExpiring.class)).as("41 s before").hasSize(1);
    edge.pass(Duration.ofSeconds(11));
    assertThat(client.notices(Notice.TokenExpiring.class)).as("30 s before").hasSize(2);
    edge.pass(Duration.ofSeconds(20));
    assertThat(client.notices(Notice.TokenExpiring.class)).as("once for each").hasSize(2);
  }

  @Test
  void shouldDropTheChannelsThatARefreshedTokenNoLongerGrants() {
    CapturingTransport client = edge.socket(edge.a, edge.c);
    edge.settle();

    edge.proxy.offerRefresh(client, Subscribers.of(null, ch -> !ch.equals(edge.a)));
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.toChannelLane(edge.c, "c0");
    edge.settle();

    assertThat(client.notices(Notice.CommandError.class))
        .extracting(Notice.CommandError::code, Notice.CommandError::channel)
        .containsExactly(tuple("not_granted", edge.a));
    assertThat(client.events()).containsExactly("c0");
  }

  @Test
  void shouldSubscribeAndUnsubscribe() {
    CapturingTransport client = edge.socket();
    edge.settle();
    edge.toChannelLane(edge.a, "before");
    edge.settle();

    edge.proxy.offerSubscribe(client, 7, edge.a, StartPosition.LATEST, 0);
    edge.settle();
    edge.toChannelLane(edge.a, "while");
    edge.settle();
    edge.proxy.offerUnsubscribe(client, 8, edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "after");
    edge.settle();

    assertThat(client.notices(Notice.Subscribed.class))
        .containsExactly(
            new Notice.Subscribed(7, edge.a, edge.timed(cursor(edge.partition(edge.a), 1))));
    assertThat(client.notices(Notice.Unsubscribed.class))
        .containsExactly(new Notice.Unsubscribed(8, edge.a));
    assertThat(client.events()).containsExactly("while");
  }

  @Test
  void shouldResumeASubscriptionByItsOwnCursor() {
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
    }
    CapturingTransport client = edge.socket();
    edge.settle();

    edge.proxy.offerSubscribe(client, 1, edge.a, Edge.at(cursor(edge.partition(edge.a), 1)), 0);
    edge.proxy.offerSubscribe(client, 2, edge.b, Edge.at(cursor(edge.partition(edge.a), 4)), 0);
    edge.settle();
    edge.toChannelLane(edge.a, "e6");
    edge.settle();

    assertThat(client.events()).containsExactlyInAnyOrder("e2", "e4", "e5", "e6");
    assertThat(client.notices(Notice.Subscribed.class))
        .extracting(Notice.Subscribed::ref)
        .containsExactlyInAnyOrder(1L, 2L);
  }

  @Test
  void shouldTellTheLowestPositionOfTheSubscriptionsOfAPartition() {
    CapturingTransport client = edge.socket();
    edge.settle();
    for (int i = 0; i < 6; i++) {
      edge.toChannelLane(i % 2 == 0 ? edge.a : edge.b, "e" + i);
    }
    client.withTurnLimit(2);
    edge.proxy.offerSubscribe(client, 1, edge.a, Edge.at(cursor(edge.partition(edge.a), 6)), 0);
    edge.settle();
    client.stall();
    edge.proxy.offerSubscribe(client, 2, edge.b, Edge.at(cursor(edge.partition(edge.a), 1)), 0);
    edge.settle();
    client.releaseOne();
    edge.settle();

    assertThat(client.events()).containsExactly("e1", "e3");
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(4);
    client.release();
    edge.settle();
    assertThat(client.events()).containsExactly("e1", "e3", "e5");
    assertThat(position(client.lastCursor(), edge.partition(edge.a))).isEqualTo(6);
  }

  @Test
  void shouldRefuseASecondSubscriptionAndOneThatIsNotThere() {
    CapturingTransport client = edge.socket(edge.a);
    edge.settle();

    edge.proxy.offerSubscribe(client, 1, edge.a, StartPosition.LATEST, 0);
    edge.proxy.offerUnsubscribe(client, 2, edge.c);
    edge.settle();

    assertThat(client.notices(Notice.CommandError.class))
        .extracting(Notice.CommandError::ref, Notice.CommandError::code)
        .containsExactly(tuple(1L, "already_subscribed"), tuple(2L, "not_subscribed"));
    assertThat(client.closed()).isNull();
  }

  @Test
  void shouldAllowAsManyChannelsAsTheLimitSaysBesideUserAndBroadcast() {
    CapturingTransport client = edge.register(Transport.Kind.WEBSOCKET, anybody("ann"), null, 0);
    edge.settle();

    for (int i = 0; i <= Edge.MAX_SUBSCRIPTIONS; i++) {
      edge.proxy.offerSubscribe(client, i, "many-" + i, StartPosition.LATEST, 0);
    }
    edge.settle();

    assertThat(client.notices(Notice.Subscribed.class)).hasSize(Edge.MAX_SUBSCRIPTIONS);
    assertThat(client.notices(Notice.CommandError.class))
        .extracting(Notice.CommandError::ref, Notice.CommandError::code)
        .containsExactly(tuple((long) Edge.MAX_SUBSCRIPTIONS, "too_many_subscriptions"));
  }

  @Test
  void shouldOpenWhenTheLastChannelWithoutAPositionIsUnsubscribed() {
    CapturingTransport first = edge.socket();
    edge.settle();
    edge.tail.consumer().setFailure(new TimeoutException("no leader"));
    CapturingTransport client = edge.socket(edge.a);
    edge.settle();

    edge.proxy.offerUnsubscribe(client, 1, edge.a);
    edge.settle();

    assertThat(first.notices(Notice.Opened.class)).hasSize(1);
    assertThat(client.notices(Notice.Opened.class)).hasSize(1);
    assertThat(client.sent().getFirst().notice()).isInstanceOf(Notice.Opened.class);
  }

  @Test
  void shouldAnswerManyCommandsOfAClientThatReads() {
    CapturingTransport client = edge.socket();
    edge.settle();

    for (int i = 0; i < 1_000; i++) {
      edge.proxy.offerNotice(client, new Notice.Pong(i));
    }
    edge.settle();

    assertThat(client.closed()).isNull();
    List<Long> refs = new ArrayList<>();
    client.notices(Notice.Pong.class).forEach(pong -> refs.add(pong.ref()));
    assertThat(refs).hasSize(1_000).isSorted();
  }

  @Test
  void shouldEndAConnectionThatAsksMoreThanItReads() {
    CapturingTransport client = edge.socket(edge.a);
    CapturingTransport other = edge.socket(edge.a);
    edge.settle();
    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    for (int i = 0; i < 10_000 && client.closed() == null; i++) {
      edge.proxy.offerNotice(client, new Notice.Pong(i));
      if (i % 100 == 0) {
        edge.settle();
      }
    }

    assertThat(client.closed()).isEqualTo(DisconnectReason.SLOW);
    assertThat(other.events()).containsExactly("e0");
    assertThat(other.closed()).isNull();
    assertThat(edge.open()).isEqualTo(1);
  }

  @Test
  void shouldCloseATransportWhoseWriteFailed() {
    CapturingTransport client = edge.socket(edge.a);
    edge.settle();
    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();

    client.breakOff();
    edge.settle();

    assertThat(client.closed())
        .as("it may be only this write: the client is not to wait for what never comes")
        .isEqualTo(DisconnectReason.FAILED);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldTellEveryConnectionWhenItStops() {
    CapturingTransport one = edge.sse(edge.a);
    CapturingTransport two = edge.socket(edge.c);
    edge.settle();

    edge.proxy.agent().onClose();

    assertThat(one.closed()).isEqualTo(DisconnectReason.SHUTDOWN);
    assertThat(two.closed()).isEqualTo(DisconnectReason.SHUTDOWN);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldGiveUpAPartitionThatNobodyReadsAnyMore() {
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    edge.proxy.offerClosed(client);
    edge.settle();
    assertThat(edge.tail.consumer().assignment()).isNotEmpty();

    edge.pass(Duration.ofSeconds(61));
    edge.settle();

    assertThat(edge.tail.consumer().assignment()).isEmpty();
  }
}
