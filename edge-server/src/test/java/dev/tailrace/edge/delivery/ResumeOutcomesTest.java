package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What came of a cursor is counted once, when it is known. */
class ResumeOutcomesTest {
  private final Edge edge = new Edge();

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldCountAPositionAsWholeOnceItHasCaughtUp(Transport.Kind kind) {
    write(2_000, 0);
    CapturingTransport client = resume(kind, 1).withTurnLimit(10);
    client.stall();
    edge.settle();
    assertThat(edge.resumed).as("it lacks some yet").isEmpty();

    client.release();
    for (int i = 0; i < 30; i++) {
      edge.settle();
    }
    write(5, 2_000);
    edge.settle();

    assertThat(client.events()).isEqualTo(ids(1, 2_005));
    assertThat(edge.resumed).containsExactly("whole");
  }

  @Test
  void shouldCountNothingForWhoComesWithoutACursorOrPolls() {
    write(20, 0);
    edge.sse(edge.a);
    edge.settle();
    resume(Transport.Kind.POLL, 5);
    edge.settle();
    write(1, 20);
    edge.settle();

    assertThat(edge.resumed).isEmpty();
  }

  @Test
  void shouldCountAPositionWhoseClientIsToldOfALossByItsReason() {
    write(20, 0);
    edge.lanes.removeBelow(edge.partition(edge.a), 12);
    resume(Transport.Kind.SSE, 5);
    edge.settle();
    resume(Transport.Kind.SSE, 99);
    edge.settle();

    assertThat(edge.resumed).containsExactly("retention", "truncated");
  }

  @Test
  void shouldCountACursorOfAnotherClusterAsLost() {
    write(5, 0);
    edge.register(Transport.Kind.SSE, anybody("ann"), "zzz~u1-0.4~c1-1.2~c1-2.3", 0, edge.a);
    edge.settle();
    write(1, 5);
    edge.settle();

    assertThat(edge.resumed).isNotEmpty().containsOnly("generation");
  }

  private CapturingTransport resume(Transport.Kind kind, long offset) {
    return edge.register(kind, anybody(null), cursor(edge.partition(edge.a), offset), 0, edge.a);
  }

  private void write(int count, int firstId) {
    for (int i = 0; i < count; i++) {
      edge.toChannelLane(edge.a, "e" + (firstId + i));
    }
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i).toList();
  }
}
