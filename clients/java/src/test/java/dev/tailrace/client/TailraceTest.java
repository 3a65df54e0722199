package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.event;
import static dev.tailrace.client.FakeEdge.json;
import static dev.tailrace.client.FakeEdge.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole client at a server that does as it is told. */
class TailraceTest extends ClientTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "events.example.com", "ftp://x", "ws://x", "http://x?y=1", "http://"})
  void shouldRefuseAnOriginThatIsNone(String origin) {
    assertThatThrownBy(() -> Tailrace.connect(origin))
        .isInstanceOfSatisfying(
            TailraceException.class, e -> assertThat(e.code()).isEqualTo("bad_origin"));
  }

  @Test
  void shouldRefuseANameThatIsNone() {
    connect(options());

    assertThatThrownBy(() -> tailrace.subscribe("no spaces", this::see))
        .isInstanceOfSatisfying(
            TailraceException.class, e -> assertThat(e.code()).isEqualTo("bad_channel"));
  }

  @Test
  void shouldFollowOverAWebSocket() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(options().token("jwt"));
    tailrace.subscribe("a", this::see);
    tailrace.personal(this::see);
    until(() -> edge.frames().stream().anyMatch(frame -> frame.contains("\"subscribe\"")));
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    edge.socket().send("{\"event\":{\"id\":\"2\",\"cursor\":\"x~u1-0.2\"}}");
    edge.socket().send("{\"event\":" + event("other", "3", "x~c1-2.9") + "}");
    edge.socket().send("{\"event\":" + event("a", "4", "x~c1-2.a") + "}");
    until(() -> seen.size() == 3);

    assertThat(seen).containsExactly("1", "2", "4");
    assertThat(tailrace.cursor()).contains("c1-2.a", "u1-0.2");
    RecordedRequest handshake = edge.requests("/v1/socket").get(0);
    assertThat(handshake.getHeaders().get("Authorization")).isEqualTo("Bearer jwt");
    assertThat(states).extracting(StateChange::state).containsExactly(State.CONNECTING, State.LIVE);
  }

  @Test
  void shouldResumeEachChannelByItsOwnPositionAfterACut() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(options());
    tailrace.subscribe("a", this::see);
    until(() -> edge.frames().stream().anyMatch(frame -> frame.contains("\"subscribe\"")));
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    until(() -> seen.size() == 1);
    edge.socket().close(1011, "internal error");
    until(() -> edge.requests("/v1/socket").size() == 2);
    until(() -> edge.frames().get(edge.frames().size() - 1).contains("x~c1-2.8~t1"));

    assertThat(edge.requests("/v1/socket").get(1).getUrl().queryParameter("cursor"))
        .isEqualTo("x~u1-0.1~c1-0.1~t1");
  }

  @Test
  void shouldNotStopForAListenersFault() {
    edge.takesSockets("x~c1-2.7");
    connect(options());
    tailrace.subscribe(
        "a",
        event -> {
          see(event);
          throw new IllegalStateException("the application's");
        });
    until(() -> edge.frames().stream().anyMatch(one -> one.contains("subscribe")));
    edge.socket().send("{\"event\":" + event("a", "1", "x~c1-2.8") + "}");
    edge.socket().send("{\"event\":" + event("a", "2", "x~c1-2.9") + "}");
    until(() -> seen.size() == 2 && errors.size() == 2);

    assertThat(errors).allMatch(error -> error.code().equals("listener_failed"));
  }

  @Test
  void shouldGiveThePastFirstAndNothingOfItTwice() {
    edge.takesSockets("x~c1-2.7~t1");
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> answer = new CompletableFuture<>();
    edge.on(
        "/v1/history",
        request -> {
          asked.complete(null);
          answer.orTimeout(30, TimeUnit.SECONDS).join();
          return page("x~c1-2.9", event("a", "8", "x~c1-2.8"), event("a", "9", "x~c1-2.9"));
        });
    connect(options());
    tailrace.subscribe("a", this::see, SubscribeOptions.builder().since("5m").build());
    asked.orTimeout(30, TimeUnit.SECONDS).join();
    for (String offset : List.of("8", "9", "a")) {
      edge.socket().send("{\"event\":" + event("a", offset, "x~c1-2." + offset) + "}");
    }
    edge.socket().send("{\"event\":{\"id\":\"own\",\"cursor\":\"x~u1-0.2\"}}");
    until(() -> tailrace.cursor().contains("u1-0.2"));
    answer.complete(null);
    until(() -> seen.size() == 3);

    assertThat(seen).containsExactly("8", "9", "a");
    assertThat(edge.requests("/v1/history").get(0).getUrl().queryParameter("since"))
        .isEqualTo("5m");
  }

  @Test
  void shouldTellGapsToTheirChannelsAndToTheClient() {
    edge.takesSockets("x~c1-2.7~t1");
    List<Gap> all = new CopyOnWriteArrayList<>();
    List<Gap> ofA = new CopyOnWriteArrayList<>();
    connect(options().onGap(all::add));
    tailrace.subscribe("a", this::see, SubscribeOptions.builder().onGap(ofA::add).build());
    until(() -> edge.frames().stream().anyMatch(one -> one.contains("subscribe")));
    edge.socket()
        .send("{\"gap\":{\"channels\":[\"a\"],\"reason\":\"retention\",\"cursor\":\"x~c1-2.z\"}}");
    edge.socket().send("{\"gap\":{\"channels\":[],\"reason\":\"budget\"}}");
    until(() -> all.size() == 2);

    assertThat(ofA).extracting(Gap::reason).containsExactly("retention");
    assertThat(tailrace.cursor()).contains("c1-2.z");
  }

  @Test
  void shouldPublishAgainOnlyWhatWasNotWritten() {
    AtomicInteger tries = new AtomicInteger();
    edge.on(
        "/v1/publish",
        request ->
            tries.incrementAndGet() < 3
                ? problem(429, "rate_limited", "")
                : json("{\"id\":\"e1\"}"));
    connect(options());
    Publication event = Publication.builder().channel("a").json("1").build();
    assertThat(tailrace.publish(event).orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("e1");
    edge.on("/v1/publish", request -> problem(503, "timeout", ""));

    assertThatThrownBy(() -> tailrace.publish(event).orTimeout(30, TimeUnit.SECONDS).join())
        .cause()
        .isInstanceOfSatisfying(
            TailraceException.class, e -> assertThat(e.code()).isEqualTo("timeout"));
    assertThat(edge.requests("/v1/publish")).hasSize(4);
  }

  @Test
  void shouldFailWhatIsAskedOfAClosedClient() {
    edge.on("/v1/publish", request -> edge.held(json("{}")));
    connect(options());
    Publication event = Publication.builder().channel("a").json("1").build();
    CompletableFuture<String> underWay = tailrace.publish(event);
    until(() -> edge.requests("/v1/publish").size() == 1);
    tailrace.close();
    until(underWay::isCompletedExceptionally);

    until(() -> tailrace.state() == State.CLOSED);
    assertThat(tailrace.publish(event)).isCompletedExceptionally();
    assertThat(tailrace.history("a", HistoryOptions.defaults())).isCompletedExceptionally();
    assertThat(tailrace.subscribe("a", this::see).error().code()).isEqualTo("closed");
  }

  @Test
  void shouldSleepAndWakeWhole() {
    edge.takesSockets("x~c1-2.7~t1");
    connect(options());
    tailrace.subscribe("a", this::see);
    untilLive(Transport.WEBSOCKET);
    tailrace.sleep();
    until(() -> tailrace.state() == State.SLEEPING);
    tailrace.wake();
    untilLive(Transport.WEBSOCKET);
    tailrace.reconnect();
    until(() -> edge.requests("/v1/socket").size() == 3);
    untilLive(Transport.WEBSOCKET);
  }
}
