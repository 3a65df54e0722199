package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.Test;

/** Polls behind a proxy that cuts what is silent for long. */
class PollsTest extends ClientTest {
  private final AtomicInteger asked = new AtomicInteger();

  private MockResponse answer() {
    int nth = asked.getAndIncrement();
    if (nth == 1) { // so long that an answer that is slow does not look held beside it
      return status(502, "<html>").newBuilder().headersDelay(6_000, TimeUnit.MILLISECONDS).build();
    }
    return nth < 20 ? page(START) : edge.held(page(START));
  }

  private List<Integer> waits() {
    return edge.requests("/v1/poll").stream()
        .map(one -> Integer.valueOf(one.getUrl().queryParameter("wait")))
        .toList();
  }

  @Test
  void shouldGoOnWithShorterOnesWhenOneIsCut() {
    edge.on("/v1/poll", request -> answer());
    connect(options().transports(Transport.POLL).patienceMs(30_000));
    until(() -> waits().size() == 21);

    assertThat(waits()).startsWith(0, 25);
    assertThat(waits().get(2)).isBetween(1, 12);
    assertThat(waits().subList(2, 21)).containsOnly(waits().get(2)); // none of them was held
    assertThat(states).extracting(StateChange::state).containsExactly(State.CONNECTING, State.LIVE);
    assertThat(errors).isEmpty();
  }
}
