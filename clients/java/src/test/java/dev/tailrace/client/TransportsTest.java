package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.endedStream;
import static dev.tailrace.client.FakeEdge.event;
import static dev.tailrace.client.FakeEdge.json;
import static dev.tailrace.client.FakeEdge.problem;
import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From one transport to the next, and back. */
class TransportsTest extends ClientTest {
  @Test
  void shouldFallBackFromWhatIsRefusedAndWhatIsSilent() {
    edge.on("/v1/socket", request -> status(403, "<html>no</html>"));
    edge.on("/v1/events", request -> edge.stream(""));
    takesPolls(START, event("a", "1", "x~c1-2.7"));
    connect(options().patienceMs(3_000)); // a WebSocket and a poll have no longer, either
    tailrace.subscribe("a", this::see);
    untilLive(Transport.POLL);
    until(() -> seen.size() == 1);

    assertThat(errors)
        .extracting(TailraceException::code)
        .containsExactly("not_tailrace", "silent");
    assertThat(states)
        .extracting(StateChange::transport)
        .containsSubsequence(Transport.WEBSOCKET, Transport.STREAM, Transport.POLL);
    until(() -> edge.requests("/v1/poll").size() == 2);
    assertThat(edge.requests("/v1/poll").get(1).getUrl().queryParameter("cursor")).isEqualTo(START);
  }

  @Test
  void shouldTakeItsPositionFromOneTransportToTheNextAndGiveNothingTwice() {
    edge.takesSockets("x~c1-2.7~t1");
    edge.on(
        "/v1/events",
        request ->
            edge.stream(
                block("cursor", "{}", START)
                    + block("", event("a", "1", "x~c1-2.8"), START)
                    + block("", event("a", "2", "x~c1-2.9"), "x~u1-0.1~c1-0.1~c1-2.9~t1")));
    connect(options());
    tailrace.subscribe("a", this::see);
    tailrace.subscribe("b", this::see);
    until(() -> edge.frames().stream().filter(one -> one.contains("subscribe")).count() == 2);
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    until(() -> seen.size() == 1);
    edge.socket().send("<html>");
    untilLive(Transport.STREAM);
    until(() -> seen.size() == 2);

    assertThat(seen).containsExactly("1", "2");
    assertThat(edge.requests("/v1/events").get(0).getUrl().queryParameter("cursor"))
        .contains("c1-2.7") // b is not further
        .contains("u1-0.1");
    assertThat(errors).extracting(TailraceException::code).doesNotContain("internal");
  }

  @Test
  void shouldClimbToABetterTransportThatWorksAgain() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().probeMs(50));
    tailrace.subscribe("a", this::see);
    untilLive(Transport.STREAM);
    edge.takesSockets("x~c1-2.7~t1");
    untilLive(Transport.WEBSOCKET);

    until(() -> edge.frames().stream().anyMatch(one -> one.contains("c1-2.7")));
  }

  @Test
  void shouldOpenAnotherStreamForAnotherChannel() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM));
    tailrace.subscribe("a", this::see);
    until(() -> asked("a"));
    Subscription b = tailrace.subscribe("b", this::see);
    until(() -> asked("a", "b"));
    b.unsubscribe();
    until(() -> asked("a"));
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldComeBackWhenTheServerSays(Transport transport) {
    edge.on(
        "/v1/events",
        request -> endedStream(": tailrace\n\nretry: 60000\n: time to reconnect\n\n"));
    edge.on(
        "/v1/poll",
        request ->
            problem(503, "shutdown", "").newBuilder().setHeader("Retry-After", "60").build());
    edge.takesSockets("x~c1-2.7");
    connect(options().transports(transport).backoffMs(1));
    if (transport == Transport.WEBSOCKET) {
      untilLive(transport);
      edge.socket().send("{\"goodbye\":{\"reason\":\"shutdown\",\"reconnect_after_ms\":60000}}");
      edge.socket().close(1001, "shutdown");
    }
    untilTold(State.WAITING);

    assertThat(states.get(states.size() - 1).retryMs()).isBetween(60_000L, 75_000L);
    int before = states.size();
    tailrace.wake();
    until(() -> states.size() > before);
    assertThat(states.get(before).state()).isEqualTo(State.CONNECTING);
  }

  @Test
  void shouldConnectWhereLocateSaysAndComeBackWhenNobodyIsThere() throws Exception {
    edge.takesSockets("x~c1-2.7");
    try (FakeEdge near = new FakeEdge()) {
      near.takesSockets("x~c1-2.7");
      edge.on(
          "/v1/locate",
          request ->
              json("{\"url\":\"" + near.origin() + "\",\"alternatives\":[],\"ttl_ms\":60000}"));
      connect(options().locate(true).zone("z1"));
      untilLive(Transport.WEBSOCKET);
      assertThat(near.requests("/v1/socket")).hasSize(1);
      assertThat(edge.requests("/v1/locate").get(0).getUrl().queryParameter("zone"))
          .isEqualTo("z1");
    }
    until(() -> edge.requests("/v1/socket").size() == 1);
    untilLive(Transport.WEBSOCKET);
  }

  private boolean asked(String... channels) {
    List<RecordedRequest> all = edge.requests("/v1/events");
    return !all.isEmpty()
        && all.get(all.size() - 1)
            .getUrl()
            .queryParameterValues("channel")
            .equals(List.of(channels));
  }
}
