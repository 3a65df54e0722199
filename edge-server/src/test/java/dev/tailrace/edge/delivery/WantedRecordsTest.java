package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of a shared partition is read for somebody here. */
class WantedRecordsTest {
  private final Edge edge = new Edge();

  @Test
  void shouldCountWhatSomebodyFollowsOnceHoweverManyDo() {
    edge.sse(edge.a);
    edge.sse(edge.a);
    edge.settle();
    edge.toChannelLane(edge.a, "a0");
    edge.toChannelLane(edge.b, "b0");
    edge.toChannelLane(edge.b, "b1");
    edge.toChannelLane(edge.a, "a1");
    edge.settle();

    assertThat(edge.tail.kept()).isEqualTo(4);
    assertThat(edge.tail.wanted()).isEqualTo(2);
  }
}
