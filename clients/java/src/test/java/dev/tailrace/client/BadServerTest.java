package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.event;
import static dev.tailrace.client.FakeEdge.json;
import static dev.tailrace.client.FakeEdge.problem;
import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers, and what stands before them, should not do. */
class BadServerTest extends ClientTest {
  @Test
  void shouldEndOnlyTheSubscriptionThatIsForbidden() {
    edge.on(
        "/v1/events",
        request ->
            request.getUrl().queryParameterValues("channel").contains("b")
                ? problem(403, "not_granted", ",\"channel\":\"b\"")
                : edge.stream(block("cursor", "{}", START)));
    List<TailraceException> told = new CopyOnWriteArrayList<>();
    connect(options().transports(Transport.STREAM));
    final Subscription a = tailrace.subscribe("a", this::see);
    final Subscription b =
        tailrace.subscribe("b", this::see, SubscribeOptions.builder().onError(told::add).build());
    until(() -> b.isEnded() && told.size() == 1); // a first stream may be live without it
    untilLive(Transport.STREAM);

    assertThat(told).extracting(TailraceException::channel).containsExactly("b");
    assertThat(a.isEnded()).isFalse();
  }

  @Test
  void shouldAskForNoMoreThanARequestHasRoomFor() {
    edge.on("/v1/events", request -> edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM));
    for (int i = 0; i < 1_000; i++) {
      tailrace.subscribe("channels/with/long/names/" + i, this::see);
    }
    until(() -> !errors.isEmpty());
    untilLive(Transport.STREAM);
    until(() -> edge.requests("/v1/events").stream().anyMatch(one -> lengthOf(one) > 8_000));

    assertThat(edge.requests("/v1/events")).allMatch(one -> lengthOf(one) < 16_000);
    assertThat(errors).allMatch(error -> error.code().equals("uri_too_long"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"limit\":40"})
  void shouldFollowAsManyAsTheServerTakes(String limit) {
    edge.on(
        "/v1/events",
        request ->
            request.getUrl().queryParameterValues("channel").size() > 40
                ? problem(400, "too_many_subscriptions", limit)
                : edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM));
    List<Subscription> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(tailrace.subscribe("a." + i, this::see));
    }
    until(() -> errors.size() >= 160);
    untilLive(Transport.STREAM);

    assertThat(all).filteredOn(one -> !one.isEnded()).hasSizeBetween(36, 40);
    assertThat(edge.requests("/v1/events")).hasSizeLessThan(25);
  }

  private static int lengthOf(RecordedRequest request) {
    return request.getRequestLine().length() + (int) request.getHeaders().byteCount();
  }

  @Test
  void shouldEndASubscriptionThatAWebSocketRefuses() {
    edge.takesSockets("x~c1-2.7");
    connect(options());
    Subscription a = tailrace.subscribe("a", this::see);
    until(() -> edge.frames().stream().anyMatch(one -> one.contains("subscribe")));
    edge.socket()
        .send(
            "{\"error\":{\"code\":\"not_granted\",\"message\":\"was revoked\",\"channel\":\"a\"}}");
    until(a::isEnded);

    assertThat(a.error().code()).isEqualTo("not_granted");
    assertThat(tailrace.state()).isEqualTo(State.LIVE);
  }

  @Test
  void shouldSayThatItIsOfflineAndGoOnWhenItIsNotAnyMore() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    tailrace = Tailrace.connect("http://127.0.0.1:" + port, options().build());
    until(() -> !errors.isEmpty());
    assertThat(errors.get(0).code()).isEqualTo("unreachable");
    until(() -> states.stream().anyMatch(change -> change.state() == State.WAITING));
    try (FakeEdge late = new FakeEdge(port)) {
      late.takesSockets("x~c1-2.7");
      untilLive(Transport.WEBSOCKET);
    }
  }

  @Test
  void shouldSayWhatIsMalformed() {
    edge.on("/v1/socket", request -> status(502, ""));
    edge.on("/v1/events", request -> edge.stream("data: {\"id\":\n\n"));
    edge.on("/v1/poll", request -> json("{\"cursor\":\"x\",\"events\":[{}]}"));
    connect(options().transports(Transport.STREAM, Transport.POLL));
    until(() -> errors.size() > 1);

    assertThat(errors).allMatch(error -> error.code().equals("malformed"));
  }

  @Test
  void shouldTakeALoginPageForWhatItIs() {
    for (String path : List.of("/v1/events", "/v1/poll", "/v1/socket")) {
      edge.on(path, request -> status(200, "<html>log in</html>"));
    }
    connect(options());
    until(() -> errors.size() > 2);

    assertThat(errors).allMatch(error -> error.code().equals("not_tailrace"));
    assertThat(tailrace.state()).isNotEqualTo(State.CLOSED);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldCloseWhenMoreComesAtOnceThanItMayTake(Transport transport) {
    String large = event("a", "x".repeat(5_000), "x~c1-2.8");
    edge.on("/v1/events", request -> edge.stream("data: " + large + "\n\n"));
    edge.on("/v1/poll", request -> page(START, large));
    edge.takesSockets("x~c1-2.7");
    connect(options().transports(transport).maxMessageBytes(4_000));
    tailrace.subscribe("a", this::see);
    if (transport == Transport.WEBSOCKET) {
      untilLive(transport);
      edge.socket().send("{\"event\":" + large + "}");
    }
    untilTold(State.CLOSED);

    assertThat(errors.get(0).code()).isEqualTo("too_large");
    assertThat(seen).isEmpty();
  }
}
