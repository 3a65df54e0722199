package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Subscribers;
import dev.tailrace.edge.connection.Transport;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing is read from Kafka for a reader that is gone. */
class AbandonedCatchUpTest {
  private final Edge edge = new Edge();

  static Stream<Arguments> endings() {
    return Stream.of(
        ending("closed", (edge, client) -> edge.proxy.offerClosed(client)),
        ending("unsubscribed", (edge, client) -> edge.proxy.offerUnsubscribe(client, 1, edge.a)),
        ending(
            "no longer granted",
            (edge, client) ->
                edge.proxy.offerRefresh(client, Subscribers.of(null, ch -> !ch.equals(edge.a)))),
        ending(
            "its log is lost",
            (edge, client) -> {
              edge.lanes.removeFrom(edge.partition(edge.a), 2);
              edge.tail.turn();
            }));
  }

  private static Arguments ending(String name, BiConsumer<Edge, CapturingTransport> how) {
    return Arguments.argumentSet(name, how);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void shouldNotBeReadFor(BiConsumer<Edge, CapturingTransport> ending) {
    for (int i = 0; i < 5; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
    CapturingTransport client =
        edge.register(
            Transport.Kind.WEBSOCKET,
            Edge.anybody(null),
            cursor(edge.partition(edge.a), 0),
            0,
            edge.a);
    edge.step();
    edge.tail.turn();
    edge.step();
    assertThat(edge.catchUp.waiting()).isEqualTo(1);

    ending.accept(edge, client);
    edge.step();
    edge.catchUp.settle();

    assertThat(edge.catchUp.waiting()).isZero();
    assertThat(edge.catchUp.consumer().reads()).isZero();
  }
}
