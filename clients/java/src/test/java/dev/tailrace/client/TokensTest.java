package dev.tailrace.client;

import static dev.tailrace.client.FakeEdge.block;
import static dev.tailrace.client.FakeEdge.problem;
import static dev.tailrace.client.FakeEdge.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens, as they end and are refused. */
class TokensTest extends ClientTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldGetAnotherTokenOnceWhenItsTokenIsRefused(Transport transport) {
    edge.on("/v1/socket", request -> problem(401, "expired", ""));
    edge.on("/v1/events", request -> problem(401, "expired", ""));
    edge.on("/v1/poll", request -> problem(401, "expired", ""));
    AtomicInteger tokens = new AtomicInteger();
    connect(options().transports(transport).token(() -> "t" + tokens.incrementAndGet()));
    Subscription a = tailrace.subscribe("a", this::see);
    untilTold(State.CLOSED);

    assertThat(tokens).hasValue(2);
    until(a::isEnded);
    assertThat(a.error().code()).isEqualTo("expired");
    assertThat(states.get(states.size() - 1).error().code()).isEqualTo("expired");
  }

  @Test
  void shouldGiveANewTokenToAnOpenWebSocket() {
    edge.takesSockets("x~c1-2.7");
    AtomicInteger tokens = new AtomicInteger();
    connect(options().token(() -> "t" + tokens.incrementAndGet()));
    untilLive(Transport.WEBSOCKET);
    edge.socket().send("{\"token_expiring\":{\"expires\":\"2026-11-24T05:36:27Z\"}}");

    until(() -> edge.frames().contains("{\"auth\":{\"token\":\"t2\"}}"));
  }

  @Test
  void shouldGiveANewTokenToAnOpenStream() {
    edge.on(
        "/v1/events",
        request ->
            edge.stream(
                block("cursor", "{}", START)
                    + block("token_expiring", "{\"expires\":\"\"}", START)));
    edge.on("/v1/events/token", request -> status(204, ""));
    AtomicInteger tokens = new AtomicInteger();
    connect(options().transports(Transport.STREAM).token(() -> "t" + tokens.incrementAndGet()));
    until(() -> edge.requests("/v1/events/token").size() == 1);

    RecordedRequest renewal = edge.requests("/v1/events/token").get(0);
    assertThat(renewal.getHeaders().get("Authorization")).isEqualTo("Bearer t2");
    assertThat(renewal.getUrl().queryParameter("stream"))
        .hasSizeBetween(16, 64)
        .isEqualTo(edge.requests("/v1/events").get(0).getUrl().queryParameter("stream"));
  }

  @Test
  void shouldOpenAStreamWithoutANameWhereTheTokenHasNoUser() {
    edge.on(
        "/v1/events",
        request ->
            request.getUrl().queryParameter("stream") != null
                ? problem(400, "bad_stream", "")
                : edge.stream(block("cursor", "{}", START)));
    connect(options().transports(Transport.STREAM).token(() -> "t"));

    untilLive(Transport.STREAM);
  }

  @Test
  void shouldWaitForATokenThatIsNotThereYet() {
    edge.takesSockets("x~c1-2.7");
    AtomicInteger asked = new AtomicInteger();
    connect(
        options()
            .token(
                () -> {
                  if (asked.incrementAndGet() < 3) {
                    throw new IOException("not now");
                  }
                  return "t";
                }));
    untilLive(Transport.WEBSOCKET);

    assertThat(errors).extracting(TailraceException::code).containsExactly("no_token", "no_token");
  }
}
