package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static dev.tailrace.edge.delivery.Edge.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An edge that lets its connections go, and connections that have lasted long enough. */
class DrainTest {
  private final Edge edge = new Edge();

  @Test
  void shouldEndConnectionsEvenlyOverTheWindow() {
    List<CapturingTransport> clients = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clients.add(i % 2 == 0 ? edge.sse(edge.a) : edge.socket(edge.a));
    }
    edge.settle();

    edge.proxy.drain(Duration.ofSeconds(30));
    edge.settle();
    assertThat(edge.open()).isEqualTo(60);
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      edge.pass(Duration.ofSeconds(1));
      left.add(edge.open());
    }

    for (int i = 0; i < 30; i++) {
      assertThat(left.get(i)).isEqualTo(58 - 2 * i);
    }
    assertThat(clients)
        .extracting(CapturingTransport::closed)
        .containsOnly(DisconnectReason.SHUTDOWN);
  }

  @Test
  void shouldGoOnDeliveringToThoseWhoAreLeft() {
    CapturingTransport first = edge.sse(edge.a);
    CapturingTransport second = edge.sse(edge.a);
    edge.settle();
    edge.proxy.drain(Duration.ofSeconds(10));
    edge.settle();
    edge.pass(Duration.ofSeconds(6));

    edge.toChannelLane(edge.a, "late");
    edge.settle();

    assertThat(List.of(first.events().size(), second.events().size()))
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void shouldAnswerPollsAtOnce() {
    CapturingTransport held = edge.poll(cursor(edge.partition(edge.a), 0), 25_000, edge.a);
    edge.toChannelLane(edge.b, "for others");
    edge.settle();
    edge.proxy.drain(Duration.ofSeconds(10));
    edge.settle();
    CapturingTransport late = edge.poll(cursor(edge.partition(edge.a), 0), 25_000, edge.a);
    edge.settle();

    assertThat(held.turns()).containsExactly(0);
    assertThat(position(held.lastCursor(), edge.partition(edge.a))).isEqualTo(1);
    assertThat(late.closed())
        .as("it is told when to come back: it would ask again at once")
        .isEqualTo(DisconnectReason.SHUTDOWN);
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.Kind.class,
      names = {"SSE", "WEBSOCKET"})
  void shouldSendNewcomersElsewhere(Transport.Kind kind) {
    edge.proxy.drain(Duration.ofSeconds(10));
    CapturingTransport late = edge.register(kind, Edge.anybody(null), null, 0, edge.a);
    edge.settle();

    assertThat(late.closed()).isEqualTo(DisconnectReason.SHUTDOWN);
    assertThat(edge.open()).isZero();
  }

  @Test
  void shouldPassOverThoseWhoHaveGoneByThemselves() {
    CapturingTransport gone = edge.sse(edge.a);
    CapturingTransport stays = edge.sse(edge.a);
    edge.settle();
    edge.proxy.drain(Duration.ofSeconds(10));
    edge.proxy.offerClosed(gone);
    edge.settle();
    edge.pass(Duration.ofSeconds(10));

    assertThat(gone.closed()).isNull();
    assertThat(stays.closed()).isEqualTo(DisconnectReason.SHUTDOWN);
  }

  @Test
  void shouldEndStreamsWithinTheLastQuarterOfTheirLife() {
    List<CapturingTransport> clients = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      clients.add(i % 2 == 0 ? edge.sse(edge.a) : edge.socket(edge.a));
    }
    edge.settle();

    edge.pass(Edge.LIFETIME.multipliedBy(3).dividedBy(4).minusSeconds(1));
    assertThat(edge.open()).isEqualTo(40);
    edge.pass(Edge.LIFETIME.dividedBy(8));
    assertThat(edge.open()).isBetween(10, 30);
    edge.pass(Edge.LIFETIME.dividedBy(8).plusSeconds(2));

    assertThat(edge.open()).isZero();
    assertThat(clients)
        .extracting(CapturingTransport::closed)
        .containsOnly(DisconnectReason.LIFETIME);
  }
}
