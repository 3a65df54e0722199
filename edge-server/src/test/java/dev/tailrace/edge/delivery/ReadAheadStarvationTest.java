package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks that nobody takes although their clients are not late, and those who wait meanwhile. */
class ReadAheadStarvationTest {
  private static final int EVENTS = 5;

  private final List<String> expected = new ArrayList<>();

  private Edge edge(long readAheadBytes) {
    Edge edge = new Edge(1 << 20, SlowPolicies.NONE, Long.MAX_VALUE, readAheadBytes);
    for (int i = 0; i < EVENTS; i++) {
      edge.toChannelLane(edge.a, "e" + i);
      edge.toChannelLane(edge.c, "c" + i);
      expected.add("e" + i);
    }
    return edge;
  }

  private static void settle(Edge edge) {
    for (int i = 0; i < 5; i++) {
      edge.settle();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1})
  void shouldNotWaitForOneWhoseOtherPartitionHasNoLeader(long readAheadBytes) {
    Edge edge = edge(readAheadBytes);
    edge.lanes.loseLeader(edge.partition(edge.c));
    String start =
        cursor(edge.partition(edge.a), 0, edge.partition(edge.c), 0, edge.broadcast(), 0);
    edge.sseFrom(start, edge.a, edge.c);
    settle(edge);

    CapturingTransport other =
        edge.sseFrom(cursor(edge.partition(edge.a), 0, edge.broadcast(), 0), edge.a);
    settle(edge);
    for (int i = 0; i < 100; i++) {
      edge.pass(Duration.ofSeconds(3));
    }

    assertThat(other.events()).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 1})
  void shouldAnswerPollsThatWaitForEachOthersPartitions(long readAheadBytes) {
    Edge edge = edge(readAheadBytes);
    String start =
        cursor(edge.partition(edge.a), 0, edge.partition(edge.c), 0, edge.broadcast(), 0);
    List<CapturingTransport> polls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      polls.add(edge.poll(start, 10_000, edge.a, edge.c));
    }
    settle(edge);
    for (int i = 0; i < 10; i++) {
      edge.pass(Duration.ofSeconds(1));
    }

    assertThat(polls).allMatch(poll -> !poll.events().isEmpty());
    assertThat(polls).allMatch(poll -> poll.closed() == null);
  }
}
