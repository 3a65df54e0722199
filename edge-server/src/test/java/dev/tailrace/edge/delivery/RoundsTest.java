package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent that cannot keep up: its tail waits, and nobody who can be written to falls behind. */
class RoundsTest {
  private static final int USERS = 600; // of which a cycle gives 256 a turn

  private final Edge edge = new Edge(16 << 10);
  private final List<CapturingTransport> clients = new ArrayList<>();

  private void open() {
    for (int i = 0; i < USERS; i++) {
      clients.add(edge.register(Transport.Kind.WEBSOCKET, Edge.anybody("user-" + i), null, 0));
    }
    for (int i = 0; i < 40; i++) {
      edge.settle();
    }
    assertThat(edge.open()).isEqualTo(USERS);
  }

  /** More than the windows hold, for one after the other. */
  private void write(int round) {
    for (int i = 0; i < USERS; i++) {
      edge.toUserLane("user-" + i, round + "-" + i);
    }
  }

  @Test
  void shouldKeepWhatWaitsForATurnWhileTheTailHasMore() {
    open();
    int lapsBefore = edge.catchUp.laps();
    for (int round = 0; round < 5; round++) {
      write(round);
    }

    // The tail is asked much more often than the agent gets to do anything.
    for (int cycle = 0; cycle < 2_000; cycle++) {
      for (int turn = 0; turn < 5; turn++) {
        edge.tail.turn();
      }
      edge.step();
      edge.catchUp.turn();
    }

    for (int i = 0; i < USERS; i++) {
      int user = i;
      assertThat(clients.get(i).events())
          .containsExactly("0-" + user, "1-" + user, "2-" + user, "3-" + user, "4-" + user);
    }
    assertThat(edge.catchUp.laps()).isEqualTo(lapsBefore);
  }
}
