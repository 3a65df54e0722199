package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.ConnectionCensus.Standing;
import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.schemas.Lane;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.HotAddress;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Assertions;
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
  void shouldTellWhoReadsAPartitionAndWhichAddressesBringMost() {
    Edge edge = new Edge();
    CapturingTransport slow = edge.sse(edge.a, edge.b);
    edge.socket(edge.a, edge.b); // a position for each
    edge.sse(edge.c);
    edge.settle();
    slow.stall();
    for (int i = 0; i < 4; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.settle();
    }
    edge.toChannelLane(edge.c, "e4");
    edge.toUserLane("nobody", "e5");
    edge.settle();

    edge.pass(A_SECOND);

    assertThat(edge.census().readers(edge.partition(edge.a)))
        .isEqualTo(new ConnectionCensus.Readers(2, 3));
    assertThat(edge.census().readers(edge.partition(edge.c)).connections()).isEqualTo(1);
    assertThat(edge.census().readers(edge.broadcast()).connections()).isEqualTo(3);
    assertThat(HotAddresses.most(List.of(edge.census().hot())))
        .extracting(HotAddress::getLane, HotAddress::getAddress, HotAddress::getCount)
        .containsExactly(
            Assertions.tuple("channels", edge.a, 8L), Assertions.tuple("channels", edge.c, 1L));
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
