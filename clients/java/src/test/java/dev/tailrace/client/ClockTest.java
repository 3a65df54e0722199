package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that are off or set, and devices that sleep. */
class ClockTest extends ClientTest {
  private static final long HOUR_MS = 3_600_000;

  private final AtomicLong offMs = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();

  private TailraceOptions.Builder looking() {
    return options()
        .patienceMs(30_000)
        .lookMs(100)
        .wallClock(
            () -> {
              looks.incrementAndGet();
              return System.currentTimeMillis() + offMs.get();
            });
  }

  private void untilLooked() {
    long before = looks.get();
    until(() -> looks.get() > before + 2);
  }

  private void say(String id) {
    edge.socket().send("{\"event\":" + event("a", id, "x~c1-2." + id) + "}");
    until(() -> seen.contains(id));
  }

  @ParameterizedTest
  @ValueSource(longs = {HOUR_MS, -HOUR_MS})
  void shouldNotMindAClockThatIsOff(long byMs) {
    offMs.set(byMs);
    edge.takesSockets("x~c1-2.7~t1");
    connect(looking());
    tailrace.subscribe("a", this::see);
    until(() -> edge.frames("subscribe").size() == 1);
    say("8");
    untilLooked();

    assertThat(tailrace.state()).isEqualTo(State.LIVE);
    assertThat(edge.requests("/v1/socket")).hasSize(1);
    assertThat(errors).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {HOUR_MS, -HOUR_MS})
  void shouldLoseNothingWhenTheClockIsSet(long byMs) {
    edge.takesSockets("x~c1-2.7~t1");
    connect(looking());
    tailrace.subscribe("a", this::see);
    until(() -> edge.frames("subscribe").size() == 1);
    say("8");
    untilLooked();
    offMs.set(byMs);
    untilLooked();
    int sockets = byMs > 0 ? 2 : 1; // forward it cannot be told from sleep
    until(() -> edge.frames("subscribe").size() == sockets);
    untilLive(Transport.WEBSOCKET);
    say("9");

    assertThat(seen).containsExactly("8", "9");
    assertThat(states).extracting(StateChange::state).containsOnly(State.CONNECTING, State.LIVE);
    assertThat(errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldConnectAnewByTheSameWayWhenTheDeviceSlept(Transport transport) {
    edge.takesSockets("x~c1-2.7~t1");
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    edge.on(
        "/v1/poll",
        request ->
            "0".equals(request.getUrl().queryParameter("wait"))
                ? page(START)
                : edge.held(page(START)));
    connect(looking().transports(transport));
    untilLive(transport);
    String path =
        switch (transport) {
          case WEBSOCKET -> "/v1/socket";
          case STREAM -> "/v1/events";
          case POLL -> "/v1/poll";
        };
    untilLooked();
    int before = edge.requests(path).size();
    offMs.set(600_000);
    until(() -> edge.requests(path).size() > before);
    untilLive(transport);

    assertThat(errors).isEmpty();
  }

  @Test
  void shouldStayWhenTheDeviceSleptForAWink() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(looking());
    untilLive(Transport.WEBSOCKET);
    untilLooked();
    offMs.set(10_000);
    untilLooked();

    assertThat(edge.requests("/v1/socket")).hasSize(1);
    assertThat(tailrace.state()).isEqualTo(State.LIVE);
  }
}
