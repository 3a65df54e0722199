package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;

/** Answers that come when what they are about is over. */
class LateAnswersTest extends ClientTest {
  @Test
  void shouldConnectAnewWhenAChannelIsRefusedThatNobodyFollowsAnyMore() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM));
    tailrace.subscribe("a", this::see);
    Subscription b = tailrace.subscribe("b", this::see);
    until(() -> asksFor().equals(List.of("a", "b")));
    untilLive(Transport.STREAM);
    TailraceException refusal =
        TailraceException.of("not_granted", "no").status(403).channel("b").isFinal(true).build();
    b.unsubscribe(); // it is asked for anew a while later
    Client client = tailrace.client();
    client.execute(() -> client.onEnd(client.link(), End.of(refusal)));
    until(() -> asksFor().equals(List.of("a")));
    untilLive(Transport.STREAM);

    assertThat(states).extracting(StateChange::state).doesNotContain(State.CLOSED);
    assertThat(errors).isEmpty();
  }

  /** What the last stream is to bring. */
  private List<String> asksFor() {
    List<RecordedRequest> all = edge.requests("/v1/events");
    return all.isEmpty()
        ? List.of()
        : all.get(all.size() - 1).getUrl().queryParameterValues("channel");
  }

  private void followA() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(options());
    tailrace.subscribe("a", this::see);
    until(() -> tailrace.cursor() != null && tailrace.cursor().contains("c1-2.7"));
  }

  @Test
  void shouldNotEndForWhatAChannelWasToldThatNobodyFollowsAnyMore() {
    followA();
    edge.socket()
        .send("{\"error\":{\"code\":\"not_granted\",\"message\":\"revoked\",\"channel\":\"b\"}}");
    edge.socket().close(1001, "bye");
    until(() -> edge.requests("/v1/socket").size() == 2);
    untilLive(Transport.WEBSOCKET);

    assertThat(errors).isEmpty();
  }

  @Test
  void shouldNotEndForAnErrorAfterWhichTheConnectionWentOn() {
    followA();
    edge.socket().send("{\"error\":{\"code\":\"other_user\",\"message\":\"the old one stands\"}}");
    edge.socket().close(1001, "bye");
    until(() -> edge.requests("/v1/socket").size() == 2);
    untilLive(Transport.WEBSOCKET);

    assertThat(errors).extracting(TailraceException::code).containsExactly("other_user");
  }

  @Test
  void shouldTakeNoPositionFromASubscriptionBefore() {
    edge.takesSockets("x~c1-2.7~t1");
    edge.isSlow();
    connect(options());
    untilLive(Transport.WEBSOCKET);
    tailrace.subscribe("a", this::see).unsubscribe();
    tailrace.subscribe("a", this::see);
    until(() -> edge.frames("subscribe").size() == 2);
    List<Map<String, String>> asked = edge.frames("subscribe");
    confirm(asked.get(0).get("ref"), "x~c1-2.3");
    edge.socket().send("{\"event\":{\"id\":\"own\",\"cursor\":\"x~u1-0.2\"}}");
    until(() -> tailrace.cursor().contains("u1-0.2"));
    assertThat(tailrace.cursor()).doesNotContain("c1-2");

    confirm(asked.get(1).get("ref"), "x~c1-2.5");
    until(() -> tailrace.cursor().contains("c1-2.5"));
    confirm("0", "x~c1-5.1"); // it has moved
    until(() -> tailrace.cursor().contains("c1-5.1"));
  }

  private void confirm(String ref, String cursor) {
    edge.socket()
        .send(
            "{\"subscribed\":{\"ref\":%s,\"channel\":\"a\",\"cursor\":\"%s\"}}"
                .formatted(ref, cursor));
  }
}
