package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionCensus.Standing;
import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.schemas.Lane;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is told of connections for the metrics. */
class CensusTest {
  private static final Duration A_SECOND = Duration.ofSeconds(1);

  @Test
  void shouldTellHowConnectionsStandAndHowFarTheLastIsBehind() {
    Edge edge = new Edge();
    CapturingTransport slow = edge.sse(edge.a);
    CapturingTransport fast = edge.socket(edge.a);
    edge.settle();
    slow.stall();
    for (int i = 0; i < 4; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.settle();
    }

    edge.pass(A_SECOND);

    assertThat(fast.events()).hasSize(4);
    assertThat(edge.census().count(Kind.SSE, Standing.LAGGING)).isEqualTo(1);
    assertThat(edge.census().count(Kind.WEBSOCKET, Standing.LIVE)).isEqualTo(1);
    assertThat(edge.census().lag(Lane.CHANNELS)).as("all but the one in flight").isEqualTo(3);
    assertThat(edge.census().lag(Lane.USERS)).isZero();

    slow.release();
    edge.pass(A_SECOND);

    assertThat(edge.census().count(Kind.SSE, Standing.LIVE)).isEqualTo(1);
    assertThat(edge.census().count(Kind.SSE, Standing.LAGGING)).isZero();
    assertThat(edge.census().lag(Lane.CHANNELS)).isZero();
  }

  @Test
  void shouldTellWhoReadsFromKafka() {
    Edge edge = new Edge();
    edge.toChannelLane(edge.a, "e0");
    edge.toChannelLane(edge.a, "e1");
    edge.socket(edge.a);
    edge.settle();
    edge.sseFrom(Edge.cursor(edge.broadcast(), 0, edge.partition(edge.a), 0), edge.a);
    edge.step();
    edge.tail.turn();
    edge.clock.advance(A_SECOND);
    edge.step(); // the catch-up reader has not got to it

    assertThat(edge.census().count(Kind.SSE, Standing.CATCHING_UP)).isEqualTo(1);
    assertThat(edge.census().lag(Lane.CHANNELS)).isEqualTo(2);

    edge.settle();
    edge.pass(A_SECOND);
    assertThat(edge.census().count(Kind.SSE, Standing.LIVE)).isEqualTo(1);
    assertThat(edge.census().lag(Lane.CHANNELS)).isZero();
  }

  @Test
  void shouldTimeOnlyWritesThatOutlastTheirTurn() {
    Edge edge = new Edge();
    CapturingTransport client = edge.sse(edge.a);
    edge.settle();
    assertThat(edge.lateWrites()).isEmpty();

    client.stall();
    edge.toChannelLane(edge.a, "e0");
    edge.settle();
    edge.pass(Duration.ofMillis(300));
    client.release();
    edge.settle();
    edge.toChannelLane(edge.a, "e1");
    edge.pass(A_SECOND);

    assertThat(client.events()).containsExactly("e0", "e1");
    assertThat(edge.lateWrites()).containsExactly(300L);
  }
}
