package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Transport.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is told of how long events were under way. */
class LiveTurnsTest {
  private static final Duration A_WHILE = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofSeconds(5);

  private final Edge edge = new Edge();

  @Test
  void shouldTellOfEachWriteThatGaveALiveClientSomething() {
    edge.sse(edge.a);
    edge.socket(edge.a);
    edge.poll(Edge.cursor(edge.broadcast(), 0, edge.partition(edge.a), 0), 60_000, edge.a);
    edge.sse(edge.c);
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    edge.pass(A_WHILE);
    edge.toChannelLane(edge.a, "e2");
    edge.settle();

    assertThat(edge.liveTurns).containsExactly(30L, 30L, 30L, 0L, 0L);
  }

  @Test
  void shouldTellTheAgeOfTheOldestThatAWriteCarried() {
    CapturingTransport slow = edge.sse(edge.a);
    edge.settle();
    slow.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    edge.pass(A_WHILE);
    edge.toChannelLane(edge.a, "e2");
    edge.pass(A_WHILE);
    slow.release();
    edge.settle();

    assertThat(slow.events()).hasSize(3);
    assertThat(edge.liveTurns).containsExactly(0L, 60L);
  }

  @Test
  void shouldNotTakeWhatWasThereBeforeForSlow() {
    edge.socket(edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    edge.settle();
    edge.liveTurns.clear();
    edge.pass(LONG);
    CapturingTransport resumed =
        edge.sseFrom(Edge.cursor(edge.broadcast(), 0, edge.partition(edge.a), 0), edge.a);
    edge.settle();
    assertThat(resumed.events()).hasSize(1);
    assertThat(edge.liveTurns).isEmpty();

    edge.toChannelLane(edge.a, "e2");
    edge.settle();
    assertThat(edge.liveTurns).containsExactly(0L, 0L);
    edge.liveTurns.clear();
    CapturingTransport history = new CapturingTransport(Kind.HISTORY);
    edge.history(
        history,
        Edge.at(Edge.cursor(edge.broadcast(), 0, edge.partition(edge.a), 0)),
        ConnectionRequest.PRESENT,
        null,
        edge.a);
    edge.settle();
    assertThat(history.events()).hasSize(2);
    assertThat(edge.liveTurns).isEmpty();
  }

  @Test
  void shouldTellNoAgeBelowZeroWhenTheDispatchersClockIsAhead() {
    edge.sse(edge.a);
    edge.settle();
    edge.clock.step(LONG);
    edge.toChannelLane(edge.a, "e1");
    edge.clock.step(LONG.negated());
    edge.settle();

    assertThat(edge.liveTurns).containsExactly(0L);
  }
}
