package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.asksFor;
import static dev.tailrace.client.FakeEdge.block;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events as large as an edge with a raised {@code event.data.max} gives. */
class LargeEventTest extends ClientTest {
  private static final String DATA = "\"" + "x".repeat(5 << 20) + "\"";

  private static String large(String id, String cursor) {
    return "{\"channel\":\"a\",\"id\":\"%s\",\"data\":%s,\"cursor\":\"%s\"}"
        .formatted(id, DATA, cursor);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldTakeEventsOfFiveMegabytes(Transport transport) {
    String first = large("1", "x~c1-2.8");
    String second = large("2", "x~c1-2.9");
    edge.takesSockets("x~c1-2.7");
    edge.on(
        "/v1/events",
        request ->
            asksFor(request, "a")
                ? edge.stream(
                    block("cursor", "{}", START)
                        + block("", first, "x~c1-2.8")
                        + block("", second, "x~c1-2.9"))
                : edge.stream(""));
    AtomicInteger polls = new AtomicInteger();
    edge.on(
        "/v1/poll",
        request ->
            asksFor(request, "a") && polls.getAndIncrement() == 0
                ? page("x~c1-2.9", first, second)
                : edge.held(page("x~c1-2.9")));
    List<String> data = new CopyOnWriteArrayList<>();
    connect(options().transports(transport).patienceMs(30_000));
    tailrace.subscribe("a", event -> data.add(event.data()));
    if (transport == Transport.WEBSOCKET) {
      until(() -> tailrace.cursor() != null && tailrace.cursor().contains("c1-2"));
      edge.socket().send("{\"event\":" + first + "}");
      edge.socket().send("{\"event\":" + second + "}");
    }
    until(() -> data.size() == 2);

    assertThat(data).allMatch(DATA::equals);
    until(() -> tailrace.cursor().contains("c1-2.9"));
    assertThat(errors).isEmpty();
  }
}
