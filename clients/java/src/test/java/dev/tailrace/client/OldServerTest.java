package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.problem;
import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Servers that lack a path, or that are none of ours. */
class OldServerTest extends ClientTest {
  private void lacks(String... paths) {
    List.of(paths).forEach(path -> edge.on(path, request -> problem(404, "no_such_path", "")));
  }

  /** The first time. */
  private TailraceException whyItWaits() {
    until(() -> waits().findFirst().isPresent());
    return waits().findFirst().orElseThrow().error();
  }

  private Stream<StateChange> waits() {
    return states.stream().filter(change -> change.state() == State.WAITING);
  }

  @Test
  void shouldPollWhereThereIsNoPathForStreams() {
    lacks("/v1/socket", "/v1/events");
    takesPolls(START);
    connect(options());

    untilLive(Transport.POLL);
    assertThat(states).extracting(StateChange::state).doesNotContain(State.CLOSED, State.WAITING);
  }

  @Test
  void shouldStreamWhereThereIsNoPathForPolls() {
    lacks("/v1/socket", "/v1/poll");
    edge.on("/v1/events", request -> status(502, ""));
    connect(options());
    until(() -> !edge.requests("/v1/poll").isEmpty());
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));

    untilLive(Transport.STREAM);
  }

  @Test
  void shouldSayThatTheServerIsTooOldWhereThereIsNoWay() {
    lacks("/v1/socket", "/v1/events", "/v1/poll");
    connect(options());

    TailraceException why = whyItWaits();
    assertThat(why.code()).isEqualTo("too_old");
    assertThat(why.status()).isEqualTo(404);
    assertThat(why.isRepeatable()).isTrue();
    assertThat(errors)
        .extracting(TailraceException::code)
        .startsWith("no_such_path", "no_such_path", "too_old");
    edge.takesSockets("x~c1-2.7");
    untilLive(Transport.WEBSOCKET); // it was made new
  }

  @Test
  void shouldNotSaySoWhenOneWayWorkedUntilNow() {
    edge.takesSockets("x~c1-2.7");
    lacks("/v1/events", "/v1/poll");
    connect(options());
    untilLive(Transport.WEBSOCKET);
    edge.socket().send("<html>");
    until(() -> edge.requests("/v1/socket").size() == 2);
    untilLive(Transport.WEBSOCKET);

    assertThat(errors).extracting(TailraceException::code).doesNotContain("too_old");
  }

  @Test
  void shouldSayThatItIsNotTailrace() {
    connect(options());

    assertThat(whyItWaits().code()).isEqualTo("not_tailrace");
  }
}
