package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients are told of lane records that are damaged or no deliveries. */
class UnreadableRecordTest {
  private final Edge edge = new Edge();

  @ParameterizedTest
  @EnumSource(names = {"SSE", "WEBSOCKET"})
  void shouldTellThoseOnItsPartitionOfARecordThatCannotBeRead(Transport.Kind kind) {
    CapturingTransport live = edge.register(kind, anybody(null), null, 0, edge.a, edge.b, edge.c);
    edge.settle();
    IntStream.range(0, 3).forEach(i -> edge.toChannelLane(edge.a, "e" + i));
    edge.lanes.append(edge.partition(edge.a), edge.clock.millis(), new byte[] {1, 2, 3});
    edge.toChannelLane(edge.a, "e4");
    edge.lanes.damage(edge.partition(edge.a), 1);
    edge.toChannelLane(edge.c, "c0");
    edge.settle();
    CapturingTransport late =
        edge.register(
            kind, anybody(null), cursor(edge.partition(edge.a), 0), 0, edge.a, edge.b, edge.c);
    edge.settle();

    for (CapturingTransport client : List.of(live, late)) {
      assertThat(client.events()).contains("e0", "e2", "e4").doesNotContain("e1");
      assertThat(client.notices(Notice.Gap.class))
          .allMatch(gap -> gap.reason() == Notice.Gap.Reason.UPSTREAM)
          .allMatch(gap -> !gap.channels().contains(edge.c));
      assertThat(client.notices(Notice.Gap.class))
          .filteredOn(gap -> gap.channels().contains(edge.a))
          .extracting(Notice.Gap::cursor)
          .containsExactly(cursor(edge.partition(edge.a), 2), cursor(edge.partition(edge.a), 4));
      assertThat(client.notices(Notice.Gap.class))
          .filteredOn(gap -> gap.channels().contains(edge.b))
          .hasSize(2);
    }
    assertThat(live.events()).contains("c0");
  }
}
